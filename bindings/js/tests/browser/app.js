import * as libsafe from 'libsafe';
import { story } from './story.js';

story(libsafe).then((facts) => (window.facts = facts), (problem) => (window.facts = String(problem?.stack ?? problem)));

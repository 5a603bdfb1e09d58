// How long the tasks of a page's main thread take, in processor time: on a busy machine any task may be interrupted, and
// what the clock says is then about the machine.

/** Watches the page until the function that it gives is called, which gives the longest task in milliseconds. */
export async function watchTasks(page) {
  const devtools = await page.context().newCDPSession(page);
  const events = [];
  devtools.on('Tracing.dataCollected', ({ value }) => {
    events.push(...value.filter(({ name, args }) => name === 'RunTask' || args?.name === 'CrRendererMain'));
  });
  await devtools.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { recordMode: 'recordAsMuchAsPossible', includedCategories: ['disabled-by-default-devtools.timeline'] },
  });
  return async () => {
    const complete = new Promise((resolve) => devtools.once('Tracing.tracingComplete', resolve));
    await devtools.send('Tracing.end');
    const { dataLossOccurred } = await complete;
    if (dataLossOccurred) throw new Error('the trace is not whole');
    const main = new Set(events.filter(({ name }) => name === 'thread_name').map(({ tid }) => tid));
    // What goes on when the trace ends has no duration.
    const tasks = events.filter(({ name, tid, tdur }) => name === 'RunTask' && main.has(tid) && tdur !== undefined);
    if (tasks.length === 0) throw new Error('no task was seen');
    return { longest: Math.max(...tasks.map(({ tdur }) => tdur)) / 1000, number: tasks.length };
  };
}

// How JavaScript's event loop drives the library.
#pragma once

namespace safe {

// Does what is to be done now: one piece of CPU work, and what is ready. The host calls it from its event loop, and from
// nowhere else, when wake() of wasm/glue has asked for it.
void pump();

} // namespace safe

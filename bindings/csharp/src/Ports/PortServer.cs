using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    // What store ports and transport ports have in common: fetching what is asked, and answering each request once.
    internal abstract class PortServer<T> : IDisposable where T : class {
        private readonly ConcurrentDictionary<ulong, T> connections = new ConcurrentDictionary<ulong, T>();
        private readonly PortHandle handle;
        private readonly SafeCode otherwise;
        private volatile bool ended;

        protected PortServer(int kind, string scheme, SafeCode otherwise) {
            Arguments.NotNull(scheme, "scheme");
            IntPtr error;
            Errors.Check(Ffi.safe_port_create(kind, scheme, out handle, out error), error);
            this.otherwise = otherwise;
        }

        public void Dispose() {
            handle.Dispose();
        }

        internal void Begin() {
            // As with the thread of completions: mono waits for native calls to return before it ends.
            AppDomain.CurrentDomain.ProcessExit += (sender, arguments) => Dispose();
            AppDomain.CurrentDomain.DomainUnload += (sender, arguments) => Dispose();
            new Thread(Fetch) { IsBackground = true, Name = "LibSafe port" }.Start();
        }

        // What is behind a URL.
        protected abstract Task<T> Open(string url, bool create);

        protected abstract Task Close(T connection);

        protected abstract Task Answer(T connection, int kind, RequestHandle request);

        protected static void Done(RequestHandle request, bool yes) {
            IntPtr error;
            Errors.Check(Ffi.safe_request_done(request, yes ? 1 : 0, out error), error);
        }

        // Bytes; null for none.
        protected static void Give(RequestHandle request, byte[] value) {
            Give(request, value == null ? default(ArraySegment<byte>) : new ArraySegment<byte>(value), value == null);
        }

        protected static void Give(RequestHandle request, ArraySegment<byte> value, bool none) {
            IntPtr error;
            int status = none ? Ffi.safe_request_none(request, out error) : Ffi.safe_request_give(request, value, out error);
            Errors.Check(status, error);
        }

        private void Fetch() {
            RequestHandle request;
            IntPtr error;
            while (Ffi.safe_port_next(handle.DangerousGetHandle(), Ffi.SAFE_FOREVER, out request, out error) == Ffi.SAFE_OK)
                ThreadPool.QueueUserWorkItem(state => Serve((RequestHandle)state), request);
            Ffi.safe_error_free(error); // it was disposed
            CloseAll();
        }

        // Whose CLOSE will not come any more. Requests that wait in them end by that.
        private async void CloseAll() {
            ended = true;
            foreach (ulong number in connections.Keys) {
                try {
                    await LetGo(number).ConfigureAwait(false);
                } catch (Exception) {
                    continue; // nobody waits to be told
                }
            }
        }

        private Task LetGo(ulong number) {
            T connection;
            return connections.TryRemove(number, out connection) ? Close(connection) : Task.CompletedTask;
        }

        private async void Serve(RequestHandle request) {
            using (request) {
                try {
                    await Answer(request).ConfigureAwait(false);
                } catch (SafeException problem) {
                    Fail(request, problem.Code, problem.Message);
                } catch (Exception problem) {
                    Fail(request, otherwise, problem.Message);
                }
            }
        }

        private void Fail(RequestHandle request, SafeCode code, string message) {
            IntPtr error;
            if (Ffi.safe_request_fail(request, (int)code, message, out error) == Ffi.SAFE_INVALID_ARGUMENT) {
                Ffi.safe_error_free(error);
                Ffi.safe_request_fail(request, (int)otherwise, message, out error); // it was a code that ports do not have
            }
            Ffi.safe_error_free(error);
        }

        private async Task Answer(RequestHandle request) {
            int kind = Ffi.safe_request_kind(request);
            ulong number = Ffi.safe_request_connection(request);
            T connection;
            if (kind == Ffi.SAFE_REQUEST_OPEN) {
                bool create = (Ffi.safe_request_flags(request) & Ffi.SAFE_CONNECT_NO_CREATE) == 0;
                connection = await Open(Ffi.safe_request_url(request), create).ConfigureAwait(false);
                if (connection == null) throw new InvalidOperationException("nothing was given for the URL");
                connections[number] = connection;
                if (ended) await LetGo(number).ConfigureAwait(false);
                Done(request, true);
            } else if (kind == Ffi.SAFE_REQUEST_CLOSE) {
                await LetGo(number).ConfigureAwait(false);
                Done(request, true);
            } else {
                if (!connections.TryGetValue(number, out connection))
                    throw new InvalidOperationException("a connection that is not open");
                await Answer(connection, kind, request).ConfigureAwait(false);
            }
        }
    }
}

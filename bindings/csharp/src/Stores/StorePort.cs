using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// Serves the connection URLs of one scheme from stores of the program's own: Client.Connect("mine:anything") then keeps all
    /// in them. Content is encrypted before it gets there, and verified after it comes back.
    /// </summary>
    public sealed class StorePort : IDisposable {
        private readonly ConcurrentDictionary<ulong, IStore> stores = new ConcurrentDictionary<ulong, IStore>();
        private readonly PortHandle handle;
        private readonly Func<string, bool, Task<IStore>> open;

        static StorePort() {
            Loader.Load();
        }

        private StorePort(PortHandle handle, Func<string, bool, Task<IStore>> open) {
            this.handle = handle;
            this.open = open;
        }

        /// <summary>Begins to serve a scheme, until it is disposed.</summary>
        /// <param name="scheme">Such as "mine", for the URLs that begin with "mine:".</param>
        /// <param name="open">Gives the store of a URL, which it may make if the second argument is true.</param>
        public static StorePort Serve(string scheme, Func<string, bool, Task<IStore>> open) {
            Arguments.NotNull(scheme, "scheme");
            Arguments.NotNull(open, "open");
            PortHandle handle;
            IntPtr error;
            Errors.Check(Ffi.safe_port_create(Ffi.SAFE_PORT_STORE, scheme, out handle, out error), error);
            var port = new StorePort(handle, open);
            port.Begin();
            return port;
        }

        /// <summary>Its scheme is free again. What its clients do fails with ClosedException.</summary>
        public void Dispose() {
            handle.Dispose();
        }

        private void Begin() {
            // As with the thread of completions: mono waits for native calls to return before it ends.
            AppDomain.CurrentDomain.ProcessExit += (sender, arguments) => Dispose();
            AppDomain.CurrentDomain.DomainUnload += (sender, arguments) => Dispose();
            new Thread(Fetch) { IsBackground = true, Name = "LibSafe store port" }.Start();
        }

        private void Fetch() {
            RequestHandle request;
            IntPtr error;
            while (Ffi.safe_port_next(handle.DangerousGetHandle(), Ffi.SAFE_FOREVER, out request, out error) == Ffi.SAFE_OK)
                ThreadPool.QueueUserWorkItem(state => Serve((RequestHandle)state), request);
            Ffi.safe_error_free(error); // it was disposed
        }

        private async void Serve(RequestHandle request) {
            using (request) {
                SafeCode code;
                string message;
                try {
                    await Answer(request).ConfigureAwait(false);
                    return;
                } catch (SafeException problem) {
                    code = problem.Code;
                    message = problem.Message;
                } catch (Exception problem) {
                    code = SafeCode.StoreIo;
                    message = problem.Message;
                }
                IntPtr error;
                if (Ffi.safe_request_fail(request, (int)code, message, out error) == Ffi.SAFE_INVALID_ARGUMENT) {
                    Ffi.safe_error_free(error);
                    Ffi.safe_request_fail(request, Ffi.SAFE_STORE_IO, message, out error); // a code that stores do not have
                }
                Ffi.safe_error_free(error);
            }
        }

        private async Task Answer(RequestHandle request) {
            int kind = Ffi.safe_request_kind(request);
            ulong connection = Ffi.safe_request_connection(request);
            string key = Ffi.safe_request_key(request);
            IStore store;
            if (kind == Ffi.SAFE_REQUEST_OPEN) {
                bool create = (Ffi.safe_request_flags(request) & Ffi.SAFE_CONNECT_NO_CREATE) == 0;
                store = await open(Ffi.safe_request_url(request), create).ConfigureAwait(false);
                if (store == null) throw new InvalidOperationException("no store was given for the URL");
                stores[connection] = store;
                Done(request, true);
                return;
            }
            if (!stores.TryGetValue(connection, out store)) throw new InvalidOperationException("a connection that was not opened");
            switch (kind) {
            case Ffi.SAFE_REQUEST_CLOSE:
                stores.TryRemove(connection, out store);
                await store.CloseAsync().ConfigureAwait(false);
                Done(request, true);
                break;
            case Ffi.SAFE_REQUEST_CREATE:
                Done(request, await store.CreateAsync(key, Ffi.safe_request_data(request)).ConfigureAwait(false));
                break;
            case Ffi.SAFE_REQUEST_REPLACE:
                await store.ReplaceAsync(key, Ffi.safe_request_data(request)).ConfigureAwait(false);
                Done(request, true);
                break;
            case Ffi.SAFE_REQUEST_GET:
                ulong offset = Ffi.safe_request_offset(request), length = Ffi.safe_request_length(request);
                Give(request, await store.GetAsync(key, offset, (int)length).ConfigureAwait(false));
                break;
            case Ffi.SAFE_REQUEST_EXISTS:
                Done(request, await store.ExistsAsync(key).ConfigureAwait(false));
                break;
            case Ffi.SAFE_REQUEST_LIST:
                string after = Ffi.safe_request_after(request);
                var limit = (int)Ffi.safe_request_limit(request);
                List(request, await store.ListAsync(key, after, limit).ConfigureAwait(false));
                break;
            case Ffi.SAFE_REQUEST_REMOVE:
                Done(request, await store.RemoveAsync(key).ConfigureAwait(false));
                break;
            case Ffi.SAFE_REQUEST_FIGURES:
                Tell(request, await store.FiguresAsync(key).ConfigureAwait(false));
                break;
            default:
                throw new SafeException(SafeCode.Unsupported, "a request of kind " + kind);
            }
        }

        private static void Done(RequestHandle request, bool yes) {
            IntPtr error;
            Errors.Check(Ffi.safe_request_done(request, yes ? 1 : 0, out error), error);
        }

        private static void Give(RequestHandle request, byte[] value) {
            IntPtr error;
            Errors.Check(value == null ? Ffi.safe_request_none(request, out error) : Ffi.safe_request_give(request, value, out error), error);
        }

        private static void List(RequestHandle request, StorePage page) {
            IntPtr error;
            foreach (StoreEntry entry in page.Entries)
                Errors.Check(Ffi.safe_request_add(request, entry.Key, entry.Size, out error), error);
            Done(request, page.More);
        }

        private static void Tell(RequestHandle request, StoreFigures figures) {
            if (figures == null) throw new SafeException(SafeCode.Unsupported, "the store does not count");
            IntPtr error;
            Errors.Check(Ffi.safe_request_figures(request, figures.Objects, figures.Bytes, figures.UsedBytes, figures.FreeBytes,
                                                  out error), error);
        }
    }
}

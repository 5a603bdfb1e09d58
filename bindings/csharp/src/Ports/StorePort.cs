using System;
using System.Threading.Tasks;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// Serves the connection URLs of one scheme from stores of the program's own: Client.Connect("mine:anything") then keeps all
    /// in them. Content is encrypted before it gets there, and verified after it comes back.
    /// </summary>
    public sealed class StorePort : IDisposable {
        private readonly Server server;

        static StorePort() {
            Loader.Load();
        }

        private StorePort(Server server) {
            this.server = server;
        }

        /// <summary>Begins to serve a scheme, until it is disposed.</summary>
        /// <param name="scheme">Such as "mine", for the URLs that begin with "mine:".</param>
        /// <param name="open">Gives the store of a URL, which it may make if the second argument is true.</param>
        public static StorePort Serve(string scheme, Func<string, bool, Task<IStore>> open) {
            var server = new Server(scheme, Arguments.NotNull(open, "open"));
            server.Begin();
            return new StorePort(server);
        }

        /// <summary>Its scheme is free again. What its clients do fails with ClosedException.</summary>
        public void Dispose() {
            server.Dispose();
        }

        private sealed class Server : PortServer<IStore> {
            private readonly Func<string, bool, Task<IStore>> open;

            internal Server(string scheme, Func<string, bool, Task<IStore>> open)
                : base(Ffi.SAFE_PORT_STORE, scheme, SafeCode.StoreIo) {
                this.open = open;
            }

            protected override Task<IStore> Open(string url, bool create) {
                return open(url, create) ?? Task.FromResult<IStore>(null);
            }

            protected override Task Close(IStore store) {
                return store.CloseAsync();
            }

            protected override async Task Answer(IStore store, int kind, RequestHandle request) {
                string key = Ffi.safe_request_key(request);
                switch (kind) {
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

            private static void List(RequestHandle request, StorePage page) {
                foreach (StoreEntry entry in page.Entries) {
                    IntPtr error;
                    Errors.Check(Ffi.safe_request_add(request, entry.Key, entry.Size, out error), error);
                }
                Done(request, page.More);
            }

            private static void Tell(RequestHandle request, StoreFigures figures) {
                if (figures == null) throw new SafeException(SafeCode.Unsupported, "the store does not count");
                IntPtr error;
                Errors.Check(Ffi.safe_request_figures(request, figures.Objects, figures.Bytes, figures.UsedBytes,
                                                      figures.FreeBytes, out error), error);
            }
        }
    }
}

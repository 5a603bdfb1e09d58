using System;

namespace LibSafe.Tests {
    /// <summary>With a build of the sources for where IAsyncDisposable exists.</summary>
    internal static class Dispose {
        private static int Main() {
            IAsyncDisposable client = Client.Connect("mem:");
            client.DisposeAsync().AsTask().Wait();
            client.DisposeAsync().AsTask().Wait();
            Console.WriteLine("live handles " + Library.LiveHandles);
            return Library.LiveHandles == 0 ? 0 : 1;
        }
    }
}

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;

namespace LibSafe.Tests {
    internal static class ConcurrencyTests {
        [Test]
        private static async Task ACancelledTokenStartsNothing() {
            using (Client client = Client.Connect("mem:")) {
                var token = new CancellationToken(true);
                Link link = client.Put(new byte[100]).Link;
                var problem = await Expect.Throws<OperationCanceledException>(() => client.PutAsync(new byte[10], cancellationToken: token), "put");
                Expect.Equal(token, problem.CancellationToken, "its token");
                Expect.True(client.GetAsync(link, cancellationToken: token).IsCanceled, "the task is cancelled");
                await Expect.Throws<OperationCanceledException>(() => Client.ConnectAsync("mem:", cancellationToken: token), "connect");
                using (Writer writer = client.OpenWriter()) {
                    await Expect.Throws<OperationCanceledException>(() => writer.WriteAsync(new byte[9], 0, 9, token), "write");
                    writer.Write(new byte[10], 0, 10);
                    Expect.Equal(10UL, writer.Finish().Size, "the writer goes on");
                }
            }
        }

        [Test]
        private static async Task InFlight() {
            using (var folder = new Folder())
            using (Client client = Client.Connect("mem:")) {
                string large = folder.Large("large");
                using (var source = new CancellationTokenSource()) {
                    var seen = new FirstProgress(source.Cancel);
                    var problem = await Expect.Throws<OperationCanceledException>(
                        () => client.PutFileAsync(large, PutOptions.DryRun, seen, source.Token), "a put");
                    Expect.Equal(source.Token, problem.CancellationToken, "its token");
                }
                Expect.Same(new byte[5], client.Get(client.Put(new byte[5]).Link), "the client goes on");
            }
        }

        private sealed class FirstProgress : IProgress<Progress> {
            private readonly Action act;

            internal FirstProgress(Action act) {
                this.act = act;
            }

            public void Report(Progress progress) {
                act();
            }
        }

        /// <summary>When a cancelled read has ended, nothing writes to its array any more.</summary>
        [Test]
        private static async Task CancelledReadsGiveTheirArrayBack() {
            using (Client client = Client.Connect("mem:")) {
                byte[] data = Data.Random(12000000);
                using (Reader reader = client.Open(client.Put(data).Link))
                    for (int round = 0; round < 12; ++round)
                        using (var source = new CancellationTokenSource()) {
                            var room = new byte[9000000];
                            Task<int> reading = reader.ReadAtAsync(1000, room, 0, room.Length, source.Token);
                            if (round % 2 == 1) await Task.Delay(round);
                            source.Cancel();
                            try {
                                Expect.Equal(room.Length, await reading, "it was faster");
                            } catch (OperationCanceledException) {
                                Array.Clear(room, 0, room.Length);
                                GC.Collect();
                                Expect.True(Array.TrueForAll(room, value => value == 0), "written to after the end");
                            }
                        }
            }
        }

        [Test]
        private static async Task DisposingAClientEndsItsOperations() {
            using (var folder = new Folder()) {
                Client client = Client.Connect("mem:");
                Task<Receipt> put = client.PutFileAsync(folder.Large("large"));
                client.Dispose();
                var problem = await Expect.Throws<SafeException>(() => put, "the put");
                Expect.True(problem is CancelledException || problem is ClosedException, problem.ToString());
            }
        }

        [Test]
        private static async Task TenThousandAtATimeWhileTheCollectorRuns() {
            using (Client client = Client.Connect("mem:")) {
                var ended = new ConcurrentDictionary<int, int>();
                bool stop = false;
                var collector = new Thread(() => {
                    while (!Volatile.Read(ref stop)) {
                        GC.Collect();
                        Thread.Sleep(5);
                    }
                });
                collector.Start();
                var tasks = new List<Task>();
                for (int index = 0; index < 10000; ++index) tasks.Add(PutAndGet(client, index, ended));
                await Task.WhenAll(tasks);
                Volatile.Write(ref stop, true);
                collector.Join();
                Expect.Equal(10000, ended.Count, "operations");
                Expect.True(ended.Values.All(times => times == 1), "each ended once");
            }
        }

        private static async Task PutAndGet(Client client, int index, ConcurrentDictionary<int, int> ended) {
            byte[] data = BitConverter.GetBytes(index).Concat(new byte[100]).ToArray();
            Receipt receipt = await client.PutAsync(data);
            Expect.Same(data, await client.GetAsync(receipt.Link), "what was put");
            ended.AddOrUpdate(index, 1, (key, times) => times + 1);
        }

        /// <summary>Whatever was forgotten is freed by the collector: the runner looks for handles after each test.</summary>
        [Test]
        private static void ForgottenObjectsAreCollected() {
            for (int round = 0; round < 300; ++round) Forget();
            Expect.True(Library.LiveHandles > 0, "there are some to be collected");
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Forget() {
            Client client = Client.Connect("mem:");
            Link link = client.Put(new byte[100]).Link;
            Reader reader = client.Open(link.With("a name"));
            reader.ReadByte();
            client.OpenWriter().WriteByte(1);
            Key.Generate().Sign(new byte[1]);
            client.PutAsync(new byte[1000]).ContinueWith(task => task.Result.Link);
        }

        /// <summary>A reader keeps its client, although nobody else does.</summary>
        [Test]
        private static void ChildrenKeepTheirClient() {
            Reader reader = OfAForgottenClient();
            for (int round = 0; round < 20; ++round) {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Expect.Equal(50, reader.ReadAt(round, 50).Length, "a read");
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Reader OfAForgottenClient() {
            Client client = Client.Connect("mem:");
            return client.Open(client.Put(Data.Random(100)).Link);
        }

        [Test]
        private static void DisposeRacesWithUse() {
            for (int round = 0; round < 100; ++round) {
                Client client = Client.Connect("mem:");
                Link link = client.Put(new byte[2000]).Link;
                Reader reader = client.Open(link);
                var threads = Enumerable.Range(0, 3).Select(number => new Thread(() => Use(client, link, reader))).ToList();
                threads.ForEach(thread => thread.Start());
                Thread.Sleep(round % 5);
                link.Dispose();
                reader.Dispose();
                client.Dispose();
                threads.ForEach(thread => thread.Join());
            }
        }

        private static void Use(Client client, Link link, Reader reader) {
            try {
                while (true) {
                    Expect.True(link.Text.Length > 10, "its text is whole");
                    Expect.Equal(1000, reader.ReadAt(500, 1000).Length, "a read");
                    client.GetAsync(link).GetAwaiter().GetResult();
                }
            } catch (ObjectDisposedException) {
                // As it should be.
            } catch (ClosedException) {
                // So is this.
            } catch (CancelledException) {
                // And this.
            }
        }
    }
}

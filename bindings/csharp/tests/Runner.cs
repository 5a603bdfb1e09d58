using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace LibSafe.Tests {
    /// <summary>Marks a test: a static method, plain or giving a Task.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class TestAttribute : Attribute {
    }

    internal sealed class Failure : Exception {
        internal Failure(string message) : base(message) {
        }
    }

    /// <summary>What a test says must hold.</summary>
    internal static class Expect {
        internal static void True(bool holds, string what) {
            if (!holds) throw new Failure(what);
        }

        internal static void Equal<T>(T wanted, T given, string what) {
            if (!EqualityComparer<T>.Default.Equals(wanted, given)) throw new Failure(what + ": " + wanted + " wanted, got " + given);
        }

        internal static void Same(IEnumerable<byte> wanted, IEnumerable<byte> given, string what) {
            if (!wanted.SequenceEqual(given)) throw new Failure(what + ": other bytes");
        }

        internal static T Throws<T>(Action act, string what) where T : Exception {
            try {
                act();
            } catch (T problem) {
                return problem;
            }
            throw new Failure(what + ": no " + typeof(T).Name);
        }

        internal static async Task<T> Throws<T>(Func<Task> act, string what) where T : Exception {
            try {
                await act();
            } catch (T problem) {
                return problem;
            }
            throw new Failure(what + ": no " + typeof(T).Name);
        }

        internal static void Code(SafeCode wanted, SafeException problem) {
            Equal(wanted, problem.Code, problem.Message);
        }
    }

    /// <summary>
    /// Runs the tests of the classes named, or of all. After each one, what it did not dispose is collected, and no handle may be
    /// left.
    /// </summary>
    internal static class Runner {
        private static int Main(string[] names) {
            if (names.Length == 3 && names[0] == "--child") return Child.Run(names[1], names[2]);
            var tests = Assembly.GetExecutingAssembly().GetTypes()
                .Where(type => names.Length == 0 || names.Contains(type.Name))
                .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
                .Where(method => method.GetCustomAttribute<TestAttribute>() != null).ToList();
            int failed = tests.Count == 0 ? 1 : 0;
            Console.WriteLine("seed " + Data.Seed);
            foreach (MethodInfo test in tests) {
                var watch = Stopwatch.StartNew();
                string problem = Run(test) ?? Left();
                Console.WriteLine("{0} {1}.{2} ({3} ms){4}", problem == null ? "ok  " : "FAIL", test.DeclaringType.Name, test.Name,
                                  watch.ElapsedMilliseconds, problem == null ? "" : ": " + problem);
                if (problem != null) ++failed;
            }
            Console.WriteLine(failed == 0 ? tests.Count + " tests passed" : failed + " failed");
            return failed == 0 ? 0 : 1;
        }

        private static string Run(MethodInfo test) {
            try {
                // A thread of its own: what its stack still refers to is then gone.
                Task.Factory.StartNew(() => {
                    var task = test.Invoke(null, null) as Task;
                    if (task != null) task.GetAwaiter().GetResult();
                }, TaskCreationOptions.LongRunning).GetAwaiter().GetResult();
                return null;
            } catch (TargetInvocationException problem) {
                return problem.InnerException.ToString();
            } catch (Exception problem) {
                return problem.ToString();
            }
        }

        private static string Left() {
            var watch = Stopwatch.StartNew();
            while (Library.LiveHandles != 0 && watch.ElapsedMilliseconds < 60000) {
                for (int thread = 0; thread < 30; ++thread) ThreadPool.QueueUserWorkItem(Wipe);
                // The thread that waits for completions has a stack, too, and gets another one here.
                Client.ConnectAsync("mem:").GetAwaiter().GetResult().Dispose();
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Thread.Sleep(20);
            }
            return Library.LiveHandles == 0 ? null : Library.LiveHandles + " handles left";
        }

        // mono's collector takes what looks like a reference on a stack for one, also what an earlier call has left there.
        private static void Wipe(object unused) {
            var below = new Block();
            Thread.Sleep(10); // so that all threads of the pool get one
            GC.KeepAlive(below.Last);
        }

        [StructLayout(LayoutKind.Sequential, Size = 1 << 15)]
        private struct Block {
            internal int Last;
        }
    }
}

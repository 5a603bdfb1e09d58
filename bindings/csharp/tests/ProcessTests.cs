using System;
using System.Diagnostics;
using System.Reflection;

namespace LibSafe.Tests {
    internal static class ProcessTests {
        private const int Patience = 60000; // milliseconds

        [Test]
        private static void AnythingCanBeTheFirstCall() {
            for (int index = 0; index < Child.Firsts.Length; ++index) {
                string said;
                Expect.Equal(0, Start("first", index, out said), "first call " + index + ": " + said);
            }
        }

        /// <summary>Neither a crash nor a process that stays, however it ends and whatever is going on.</summary>
        [Test]
        private static void ExitWithOperationsInFlight() {
            int rounds = Environment.GetEnvironmentVariable("SAFE_SCALE") == "full" ? 34 : 5;
            for (int round = 0; round < rounds; ++round) {
                string said;
                Expect.Equal(0, Start("return", round * 3, out said), "a return: " + said);
                Expect.Equal(3, Start("exit", round * 3, out said), "an exit: " + said);
                Expect.Equal(1, Start("throw", round * 3, out said), "an exception: " + said);
                Expect.True(said.Contains("as it is to be") && !said.Contains("SIG"), said);
            }
        }

        private static int Start(string what, int argument, out string said) {
            var start = new ProcessStartInfo(Process.GetCurrentProcess().MainModule.FileName,
                                             "\"" + Assembly.GetExecutingAssembly().Location + "\" --child " + what + " " + argument) {
                UseShellExecute = false, RedirectStandardError = true,
            };
            using (Process process = Process.Start(start)) {
                var text = process.StandardError.ReadToEndAsync();
                if (!process.WaitForExit(Patience)) {
                    process.Kill();
                    throw new Failure(what + " " + argument + ": it does not end");
                }
                said = text.Result;
                return process.ExitCode;
            }
        }
    }
}

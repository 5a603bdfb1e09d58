using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace LibSafe.Tests {
    /// <summary>What users see is written by hand: nothing of the generated ground shows.</summary>
    internal static class PublicApiTests {
        private const BindingFlags All = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

        private static readonly Type[] Types = typeof(Client).Assembly.GetExportedTypes();

        [Test]
        private static void NoGeneratedName() {
            foreach (Type type in Types) {
                Clean(type.FullName);
                Expect.Equal("LibSafe", type.Namespace, type.FullName);
                foreach (MemberInfo member in type.GetMembers(All)) Clean(type.FullName + "." + member.Name);
            }
        }

        private static void Clean(string name) {
            foreach (string word in new[] { "safe_", "SAFE_", "SWIG", "swig", "PINVOKE", "Ffi", "Interop", "Handle`" })
                Expect.True(!name.Contains(word), name);
        }

        [Test]
        private static void TheFilesNameNothingElse() {
            string assembly = typeof(Client).Assembly.Location;
            string documentation = File.ReadAllText(Path.ChangeExtension(assembly, ".xml"));
            foreach (string word in new[] { "LibSafe.Interop", "LibSafe.Work", "LibSafe.Pending", "LibSafe.Errors" })
                Expect.True(!documentation.Contains(word), "the documentation has " + word);
            foreach (Type type in Types) Expect.True(documentation.Contains("T:" + type.FullName), type + " is not documented");
            string natives = Path.Combine(Path.GetDirectoryName(assembly), "runtimes");
            string[] files = Directory.GetFiles(natives, "*.so", SearchOption.AllDirectories);
            Expect.True(files.Length > 0, "there is a native library");
            foreach (string file in files.Concat(new[] { assembly })) {
                byte[] bytes = File.ReadAllBytes(file);
                foreach (Encoding encoding in new[] { Encoding.ASCII, Encoding.Unicode }) // names, and texts of programs
                    Expect.True(encoding.GetString(bytes).IndexOf("swig", StringComparison.OrdinalIgnoreCase) < 0, "SWIG in " + file);
            }
        }

        [Test]
        private static void NoHandleAndNoPointer() {
            foreach (Type type in Types)
                foreach (MethodBase method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
                    foreach (Type used in Used(method)) {
                        string where = type.Name + "." + method.Name + ": " + used;
                        Expect.True(used != typeof(IntPtr) && used != typeof(UIntPtr) && !used.IsPointer, where);
                        Expect.True(!typeof(SafeHandle).IsAssignableFrom(used), where);
                    }
        }

        private static IEnumerable<Type> Used(MethodBase method) {
            var types = method.GetParameters().Select(parameter => parameter.ParameterType);
            return method is MethodInfo ? types.Concat(new[] { ((MethodInfo)method).ReturnType }) : types;
        }

        /// <summary>Whatever waits can be awaited and stopped.</summary>
        [Test]
        private static void EveryTaskTakesAToken() {
            foreach (MethodInfo method in Types.SelectMany(type => type.GetMethods(All)).Where(method => method.Name.EndsWith("Async")))
                if (method.Name != "DisposeAsync" && method.DeclaringType != typeof(IStore))
                    Expect.Equal(typeof(System.Threading.CancellationToken), method.GetParameters().Last().ParameterType, method.Name);
        }
    }
}

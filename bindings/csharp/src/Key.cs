using System;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// A key that signs (Ed25519). The secret stays in guarded memory of the library and is wiped when the key is disposed.
    /// </summary>
    public sealed class Key : IDisposable {
        static Key() {
            Loader.Load();
        }

        private readonly KeyHandle handle;

        private Key(KeyHandle handle) {
            this.handle = handle;
        }

        internal KeyHandle Handle {
            get { return Arguments.Open(handle, "Key"); }
        }

        /// <summary>A new key from the platform's random bytes.</summary>
        public static Key Generate() {
            KeyHandle key;
            IntPtr error;
            Errors.Check(Ffi.safe_key_generate(out key, out error), error);
            return new Key(key);
        }

        /// <summary>From the 32 bytes that Export gave.</summary>
        public static Key Import(byte[] seed) {
            Arguments.NotNull(seed, "seed");
            KeyHandle key;
            IntPtr error;
            Errors.Check(Ffi.safe_key_import(seed, out key, out error), error);
            return new Key(key);
        }

        /// <summary>The 32 bytes of the secret: whoever has them can sign. Wipe them after use (Array.Clear).</summary>
        public byte[] Export() {
            var seed = new byte[32];
            IntPtr error;
            Errors.Check(Ffi.safe_key_export(Handle, seed, out error), error);
            return seed;
        }

        /// <summary>The 32 bytes that others verify signatures with.</summary>
        public byte[] GetPublicKey() {
            var key = new byte[32];
            IntPtr error;
            Errors.Check(Ffi.safe_key_public(Handle, key, out error), error);
            return key;
        }

        /// <summary>The signature of the bytes: 64 bytes.</summary>
        public byte[] Sign(byte[] data) {
            return Sign(new ArraySegment<byte>(Arguments.NotNull(data, "data")));
        }

        /// <summary>The signature of a part of an array.</summary>
        public byte[] Sign(ArraySegment<byte> data) {
            var signature = new byte[64];
            IntPtr error;
            Errors.Check(Ffi.safe_key_sign(Handle, data, signature, out error), error);
            return signature;
        }

        /// <summary>Whether the signature over the bytes was made by the holder of a public key.</summary>
        public static bool Verify(byte[] publicKey, byte[] data, byte[] signature) {
            return Verify(publicKey, new ArraySegment<byte>(Arguments.NotNull(data, "data")), signature);
        }

        /// <summary>Whether the signature over a part of an array was made by the holder of a public key.</summary>
        public static bool Verify(byte[] publicKey, ArraySegment<byte> data, byte[] signature) {
            Arguments.NotNull(publicKey, "publicKey");
            Arguments.NotNull(signature, "signature");
            IntPtr error;
            int status = Ffi.safe_key_verify(publicKey, data, signature, out error);
            if (status != Ffi.SAFE_BAD_SIGNATURE) Errors.Check(status, error);
            Ffi.safe_error_free(status == Ffi.SAFE_OK ? IntPtr.Zero : error);
            return status == Ffi.SAFE_OK;
        }

        /// <summary>Says nothing of the key.</summary>
        public override string ToString() {
            return "LibSafe.Key";
        }

        /// <summary>Wipes the secret.</summary>
        public void Dispose() {
            handle.Dispose();
        }
    }
}

using System;
using LibSafe.Interop;

namespace LibSafe {
    /// <summary>
    /// Everything that is needed to read content: its address or, for a private link, the data map itself. A private link is a
    /// secret. Need not be disposed: the collector frees it, too.
    /// </summary>
    public sealed class Link : IDisposable, IEquatable<Link> {
        static Link() {
            Loader.Load();
        }

        private readonly LinkHandle handle;

        internal Link(LinkHandle handle) {
            this.handle = handle;
        }

        internal LinkHandle Handle {
            get { return Arguments.Open(handle, "Link"); }
        }

        /// <summary>Reads a link's text. Fails with BadLinkException.</summary>
        public static Link Parse(string text) {
            Arguments.NotNull(text, "text");
            LinkHandle link;
            IntPtr error;
            Errors.Check(Ffi.safe_link_parse(text, out link, out error), error);
            return new Link(link);
        }

        /// <summary>The link to content whose public data map is stored under an address of 32 bytes.</summary>
        public static Link FromAddress(byte[] address) {
            Arguments.NotNull(address, "address");
            LinkHandle link;
            IntPtr error;
            Errors.Check(Ffi.safe_link_from_address(address, out link, out error), error);
            return new Link(link);
        }

        /// <summary>The private link that holds a data map (MessagePack; what a .datamap file holds).</summary>
        public static Link FromDataMap(byte[] dataMap) {
            Arguments.NotNull(dataMap, "dataMap");
            LinkHandle link;
            IntPtr error;
            Errors.Check(Ffi.safe_link_from_datamap(dataMap, out link, out error), error);
            return new Link(link);
        }

        /// <summary>The same link with another name (null: none) and media type (null: none).</summary>
        public Link With(string name, string mediaType = null) {
            LinkHandle link;
            IntPtr error;
            Errors.Check(Ffi.safe_link_with(Handle, name, mediaType, out link, out error), error);
            return new Link(link);
        }

        /// <summary>The canonical text. Whoever has that of a private link can read the content.</summary>
        public string Text {
            get { return Ffi.safe_link_text(Handle); }
        }

        /// <summary>Whether it is a secret.</summary>
        public bool IsPrivate {
            get { return Ffi.safe_link_is_private(Handle) != 0; }
        }

        /// <summary>Bytes of content, if the link says so.</summary>
        public ulong? Size {
            get {
                ulong size = Ffi.safe_link_size(Handle);
                return size == Ffi.SAFE_SIZE_UNKNOWN ? (ulong?)null : size;
            }
        }

        /// <summary>The content's name, or null.</summary>
        public string Name {
            get { return Ffi.safe_link_name(Handle); }
        }

        /// <summary>The content's media type, or null.</summary>
        public string MediaType {
            get { return Ffi.safe_link_media_type(Handle); }
        }

        /// <summary>The 32 bytes under which a public link's data map is stored; null for a private link.</summary>
        public byte[] GetAddress() {
            if (IsPrivate) return null;
            var address = new byte[32];
            IntPtr error;
            Errors.Check(Ffi.safe_link_address(Handle, address, out error), error);
            return address;
        }

        /// <summary>The data map of a private link; null for a public one, whose map is in the vault.</summary>
        public byte[] GetDataMap() {
            if (!IsPrivate) return null;
            BytesHandle bytes;
            IntPtr error;
            Errors.Check(Ffi.safe_link_datamap(Handle, out bytes, out error), error);
            using (bytes) return Ffi.safe_bytes_data(bytes);
        }

        /// <summary>Whether both have the same text.</summary>
        public bool Equals(Link other) {
            return other != null && (ReferenceEquals(this, other) || Text == other.Text);
        }

        /// <summary>Whether it is a link with the same text.</summary>
        public override bool Equals(object other) {
            return Equals(other as Link);
        }

        /// <summary>Of its text.</summary>
        public override int GetHashCode() {
            return Text.GetHashCode();
        }

        /// <summary>The text of a public link. A private one does not show itself: ask for its Text.</summary>
        public override string ToString() {
            if (handle.IsClosed) return "LibSafe.Link, disposed";
            return IsPrivate ? "LibSafe.Link, private, text hidden" : Text;
        }

        /// <summary>Frees it.</summary>
        public void Dispose() {
            handle.Dispose();
        }
    }
}

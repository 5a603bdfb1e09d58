namespace LibSafe {
    /// <summary>How far an operation has come: in bytes, or in objects where its method says so.</summary>
    public struct Progress {
        internal Progress(ulong done, ulong? total) : this() {
            Done = done;
            Total = total;
        }

        /// <summary>What has been done so far.</summary>
        public ulong Done { get; private set; }

        /// <summary>What there is to do, if that is known.</summary>
        public ulong? Total { get; private set; }
    }
}

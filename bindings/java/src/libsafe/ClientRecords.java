package libsafe;

import java.util.Objects;

/** What a {@link Client} does with records. */
abstract class ClientRecords extends ClientGets {
    ClientRecords(long value) {
        super(value);
    }

    /**
     * Makes version 0 of a record.
     *
     * @param key whose record it is
     * @param label 1 to 255 bytes of UTF-8
     * @param value at most 1 MiB, stored as it is
     * @return the record
     * @throws SafeException DATA_EXISTS, which says the current version
     */
    public SafeRecord createRecord(Key key, String label, byte[] value) throws SafeException {
        return Waiting.await(client(), startCreate(key, label, value), SafeRecord::take);
    }

    /**
     * Makes version 0 of a record.
     *
     * @param key whose record it is
     * @param label 1 to 255 bytes of UTF-8
     * @param value at most 1 MiB, stored as it is
     * @return the record
     */
    public Operation<SafeRecord> createRecordAsync(Key key, String label, byte[] value) {
        return Operation.of(client(), startCreate(key, label, value), SafeRecord::take);
    }

    private long startCreate(Key key, String label, byte[] value) {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(value, "value");
        return key.start(owner -> Ffi.safe_record_create(value(), owner, label, value));
    }

    /**
     * Makes a further version of a record.
     *
     * @param key whose record it is
     * @param label its label
     * @param version the newest version and 1
     * @param value at most 1 MiB, stored as it is
     * @return the record
     * @throws SafeException INVALID_SUCCESSOR, which says the current version; NO_SUCH_DATA
     */
    public SafeRecord setRecord(Key key, String label, long version, byte[] value) throws SafeException {
        return Waiting.await(client(), startSet(key, label, version, value), SafeRecord::take);
    }

    /**
     * Makes a further version of a record.
     *
     * @param key whose record it is
     * @param label its label
     * @param version the newest version and 1
     * @param value at most 1 MiB, stored as it is
     * @return the record
     */
    public Operation<SafeRecord> setRecordAsync(Key key, String label, long version, byte[] value) {
        return Operation.of(client(), startSet(key, label, version, value), SafeRecord::take);
    }

    private long startSet(Key key, String label, long version, byte[] value) {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(value, "value");
        Numbers.notNegative(version, "version");
        return key.start(owner -> Ffi.safe_record_set(value(), owner, label, version, value));
    }

    /**
     * The newest version of a record.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @return the record
     * @throws SafeException NO_SUCH_DATA; VAULT_LIED if what came fails verification
     */
    public SafeRecord getRecord(byte[] address) throws SafeException {
        return Waiting.await(client(), startGetRecord(address, Ffi.SAFE_VERSION_NEWEST), SafeRecord::take);
    }

    /**
     * One version of a record.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @param version which
     * @return the record
     * @throws SafeException as {@link #getRecord(byte[])}
     */
    public SafeRecord getRecord(byte[] address, long version) throws SafeException {
        return Waiting.await(client(), startGetRecord(address, Numbers.notNegative(version, "version")), SafeRecord::take);
    }

    /**
     * The newest version of a record.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @return the record
     */
    public Operation<SafeRecord> getRecordAsync(byte[] address) {
        return Operation.of(client(), startGetRecord(address, Ffi.SAFE_VERSION_NEWEST), SafeRecord::take);
    }

    /**
     * One version of a record.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @param version which
     * @return the record
     */
    public Operation<SafeRecord> getRecordAsync(byte[] address, long version) {
        return Operation.of(client(), startGetRecord(address, Numbers.notNegative(version, "version")), SafeRecord::take);
    }

    private long startGetRecord(byte[] address, long version) {
        return Ffi.safe_record_get(value(), Objects.requireNonNull(address, "address"), version);
    }

    /**
     * All versions of a record, from the newest down, fetched page by page.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @return asks anew each time that it is gone through; a failure meanwhile is an {@link java.io.UncheckedIOException}
     */
    public Iterable<SafeRecord> listRecords(byte[] address) {
        byte[] own = address.clone();
        return () -> new RecordIterator(client(), own);
    }

    /**
     * Some versions of a record, from the newest down.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @param before only versions below this one; {@link Long#MAX_VALUE} for all
     * @param limit 1 to 1000
     * @return a page
     * @throws SafeException as {@link #getRecord(byte[])}
     */
    public RecordPage listRecords(byte[] address, long before, int limit) throws SafeException {
        return Waiting.await(client(), startList(address, before, limit), RecordPage::take);
    }

    /**
     * Some versions of a record, from the newest down.
     *
     * @param address see {@link SafeRecord#addressOf}
     * @param before only versions below this one; {@link Long#MAX_VALUE} for all
     * @param limit 1 to 1000
     * @return a page
     */
    public Operation<RecordPage> listRecordsAsync(byte[] address, long before, int limit) {
        return Operation.of(client(), startList(address, before, limit), RecordPage::take);
    }

    private long startList(byte[] address, long before, int limit) {
        Objects.requireNonNull(address, "address");
        Numbers.notNegative(before, "before");
        Numbers.notNegative(limit, "limit");
        return Ffi.safe_record_list(value(), address, before, limit);
    }
}

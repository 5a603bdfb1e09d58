package runner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import libsafe.*;

/** The runner of Java: plays steps with the classes of the jar (README, "What a runner speaks"). */
public final class Runner {
    private static final String CAN = "addresses,behind,children,chunks,closing,datamaps,details,empty_urls,files,identities,limits,links,metrics,"
        + "named_links,own_vaults,pages,ports,progress,record_addresses,replay,rooms,s1,seeds,serving,settings,signing,sizes,sockets,states,streams,"
        + "transports,u64,vaults,views";

    /** Tells a result. */
    private interface Tell<T> {
        void tell(T result, Line.Answer answer) throws IOException;
    }

    private interface Blocking<T> {
        T call() throws IOException;
    }

    private record Started<T>(Operation<T> operation, Tell<T> tell) {
        void finish(Line.Answer answer) throws Throwable {
            try {
                tell.tell(operation.get(), answer);
            } catch (ExecutionException | CompletionException failed) {
                throw failed.getCause();
            }
        }
    }

    private final Map<String, AutoCloseable> kept = new HashMap<>();
    private final Map<String, Started<?>> started = new HashMap<>();
    private int turn;

    /** Started: by the asynchronous method. Else by the one that blocks and the other, by turns. */
    private <T> void run(Line line, Line.Answer answer, Blocking<T> blocking, Supplier<Operation<T>> async, Tell<T> tell) throws Throwable {
        if (line.has("start")) started.put(line.text("start"), new Started<>(async.get(), tell));
        else if (++turn % 2 == 0) new Started<>(async.get(), tell).finish(answer);
        else tell.tell(blocking.call(), answer);
    }

    private static PutOption[] options(Line line) {
        return Arrays.stream(PutOption.values()).filter(one -> line.flag(one.name().toLowerCase())).toArray(PutOption[]::new);
    }

    private static void tellReceipt(Receipt receipt, Line.Answer answer) throws IOException {
        Link link = receipt.link();
        answer.put("link", link.text()).put("private", link.isPrivate()).put("name", link.name()).put("size", receipt.size());
        answer.put("chunks", chunks(receipt.chunks(), Receipt.Chunk::address, Receipt.Chunk::size));
        answer.put("new_chunks", receipt.newChunks()).put("new_bytes", receipt.newBytes());
    }

    private static <T> String chunks(List<T> all, java.util.function.Function<T, byte[]> address, java.util.function.ToLongFunction<T> size) {
        return all.stream().map(one -> Line.hex(address.apply(one)) + ":" + size.applyAsLong(one)).collect(Collectors.joining(","));
    }

    private static void tellLink(Link link, Line.Answer answer) throws IOException {
        answer.put("text", link.text()).put("private", link.isPrivate()).put("size", link.size());
        answer.put("name", link.name()).put("media_type", link.mediaType());
    }

    private static void tellRecord(SafeRecord record, Line.Answer answer) throws IOException {
        answer.put("address", Line.hex(record.address())).put("owner", Line.hex(record.owner())).put("label", record.label());
        answer.put("version", record.version()).put("value", record.value());
    }

    private static void tellPage(RecordPage page, Line.Answer answer) throws IOException {
        String versions = page.records().stream().map(record -> String.valueOf(record.version())).collect(Collectors.joining(","));
        answer.put("versions", versions).put("next", page.before());
    }

    private static void tellItems(List<Vault.Item> items, Line.Answer answer) throws IOException {
        answer.put("items", chunks(items, Vault.Item::address, Vault.Item::size));
    }

    private Client client(Line line) {
        return (Client) kept.get(line.text("client"));
    }

    private boolean content(Line line, Line.Answer answer) throws Throwable {
        Tell<byte[]> data = (bytes, out) -> out.put("data", bytes);
        Tell<Reader> opened = (reader, out) -> {
            kept.put(line.text("as"), reader);
            out.put("size", reader.size());
        };
        switch (line.operation) {
            case "connect" -> {
                List<ConnectOption> options = new ArrayList<>();
                if ("0".equals(line.text("create"))) options.add(ConnectOption.NO_CREATE);
                if ("1".equals(line.text("anonymous"))) options.add(ConnectOption.ANONYMOUS);
                ConnectOption[] how = options.toArray(new ConnectOption[0]);
                String url = line.text("url");
                Key key = line.text("key") == null ? null : (Key) kept.get(line.text("key"));
                run(line, answer, () -> key == null ? Client.connect(url, how) : Client.connect(url, key, how),
                    () -> key == null ? Client.connectAsync(url, how) : Client.connectAsync(url, key, how), (client, out) -> {
                    kept.put(line.text("as"), client);
                    out.put("url", client.url());
                });
            }
            case "put" -> {
                Line.View view = line.view("data");
                ByteBuffer part = ByteBuffer.wrap(view.array(), view.from(), view.length());
                run(line, answer, () -> client(line).put(part, options(line)), () -> client(line).putAsync(view.copy(), options(line)),
                    Runner::tellReceipt);
            }
            case "put_file" -> {
                Path file = Path.of(line.text("path"));
                run(line, answer, () -> client(line).put(file, options(line)), () -> client(line).putAsync(file, options(line)),
                    Runner::tellReceipt);
            }
            case "get" -> {
                Link link = Link.parse(line.text("link"));
                long limit = line.number("limit", Client.DEFAULT_LIMIT);
                run(line, answer, () -> client(line).get(link, limit), () -> client(line).getAsync(link, limit), data);
            }
            case "get_file" -> {
                Link link = Link.parse(line.text("link"));
                Path file = Path.of(line.text("path"));
                run(line, answer, () -> client(line).getFile(link, file), () -> client(line).getFileAsync(link, file),
                    (size, out) -> out.put("size", size));
            }
            case "open" -> {
                Link link = Link.parse(line.text("link"));
                run(line, answer, () -> client(line).open(link), () -> client(line).openAsync(link), opened);
            }
            case "open_datamap" -> {
                byte[] map = line.bytes("datamap");
                run(line, answer, () -> client(line).openDatamap(map), () -> client(line).openDatamapAsync(map), opened);
            }
            case "chunk_put" -> {
                byte[] bytes = line.bytes("data");
                run(line, answer, () -> client(line).chunkPut(bytes), () -> client(line).chunkPutAsync(bytes),
                    (address, out) -> out.put("address", Line.hex(address)));
            }
            case "chunk_get" -> {
                byte[] address = line.address("address");
                run(line, answer, () -> client(line).chunkGet(address), () -> client(line).chunkGetAsync(address), data);
            }
            case "state" -> answer.put("value", client(line).state().ordinal() + 1);
            case "next_state" -> {
                ClientState known = ClientState.values()[(int) line.number("known", 0) - 1];
                run(line, answer, () -> client(line).nextState(known), () -> client(line).nextStateAsync(known), (state, out) -> { });
            }
            case "timeout" -> client(line).setTimeout(Duration.ofMillis(line.number("milliseconds", 0)));
            case "chunk_exists" -> {
                byte[] address = line.address("address");
                run(line, answer, () -> client(line).chunkExists(address), () -> client(line).chunkExistsAsync(address),
                    (there, out) -> out.put("value", there));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean streams(Line line, Line.Answer answer) throws Throwable {
        switch (line.operation) {
            case "read" -> {
                Reader reader = (Reader) kept.get(line.text("reader"));
                long offset = line.number("offset", 0);
                int length = (int) line.number("length", 0);
                run(line, answer, () -> reader.read(offset, length), () -> reader.readAsync(offset, length),
                    (bytes, out) -> out.put("data", bytes));
            }
            case "read_into" -> readInto(line, answer);
            case "stream" -> stream(line, answer);
            case "writer" -> openWriter(line, answer);
            case "write" -> write(line, answer);
            case "replay_size" -> answer.put("value", writer(line).replaySize());
            case "finish" -> {
                Writer writer = writer(line);
                if (line.has("start")) started.put(line.text("start"), new Started<>(writer.finishAsync(), Runner::tellReceipt));
                else tellReceipt(writer.finish(), answer);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Into the middle of an array, which moves, or of a direct buffer, by turns. */
    private void readInto(Line line, Line.Answer answer) throws Throwable {
        Reader reader = (Reader) kept.get(line.text("reader"));
        int before = (int) line.number("before", 0);
        int size = (int) line.number("size", 0);
        int whole = before + size + (int) line.number("after", 0);
        boolean direct = line.has("start") || turn % 2 == 0;
        ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(whole) : ByteBuffer.allocate(whole);
        for (int at = 0; at < whole; ++at) buffer.put(at, (byte) 0xaa);
        ByteBuffer room = buffer.duplicate().position(before).limit(before + size);
        long offset = line.number("offset", 0);
        Tell<Integer> tell = (count, out) -> {
            int read = Math.max(count, 0); // -1 at the end, as channels say it
            byte[] data = new byte[read];
            buffer.get(before, data);
            boolean clean = true;
            for (int at = 0; at < whole; ++at) clean &= (at >= before && at < before + read) || buffer.get(at) == (byte) 0xaa;
            out.put("data", data).put("clean", clean);
        };
        if (line.has("start")) started.put(line.text("start"), new Started<>(reader.readAsync(offset, room), tell));
        else tell.tell(reader.read(offset, room), answer);
        ++turn;
    }

    /** As a stream, or by a channel that is sought to. */
    private void stream(Line line, Line.Answer answer) throws IOException {
        Reader reader = (Reader) kept.get(line.text("reader"));
        long offset = line.number("offset", 0);
        if (offset == 0) {
            InputStream stream = reader.newInputStream();
            answer.put("data", stream.readAllBytes());
            return;
        }
        SeekableByteChannel channel = reader.newByteChannel();
        ByteBuffer room = ByteBuffer.allocate((int) (reader.size() - offset));
        channel.position(offset);
        while (room.hasRemaining() && channel.read(room) >= 0) continue;
        answer.put("data", room.array());
    }

    private void openWriter(Line line, Line.Answer answer) throws IOException {
        Writer writer = line.has("size") ? client(line).newWriter(line.number("size", 0), options(line)) : client(line).newWriter(options(line));
        kept.put(line.text("as"), new Abandoned(writer));
    }

    private void write(Line line, Line.Answer answer) throws Throwable {
        Writer writer = writer(line);
        Line.View view = line.view("data");
        if (line.has("start") || line.flag("reserved")) {
            ByteBuffer direct = ByteBuffer.allocateDirect(view.length()).put(view.copy()).flip();
            Operation<Void> writing = writer.writeAsync(direct);
            Started<Void> one = new Started<>(writing, (nothing, out) -> {});
            if (line.has("start")) started.put(line.text("start"), one);
            else one.finish(answer);
        } else {
            writer.write(view.array(), view.from(), view.length());
            writer.flush();
        }
    }

    /** Closing one step by step is giving it up. */
    private record Abandoned(Writer writer) implements AutoCloseable {
        @Override
        public void close() {
            writer.abandon();
        }
    }

    private Writer writer(Line line) {
        return ((Abandoned) kept.get(line.text("writer"))).writer();
    }

    private boolean records(Line line, Line.Answer answer) throws Throwable {
        Key key = line.has("key") ? (Key) kept.get(line.text("key")) : null;
        String label = line.text("label");
        switch (line.operation) {
            case "record_create" -> {
                byte[] value = line.bytes("value");
                run(line, answer, () -> client(line).createRecord(key, label, value),
                    () -> client(line).createRecordAsync(key, label, value), Runner::tellRecord);
            }
            case "record_set" -> {
                byte[] value = line.bytes("value");
                long version = line.number("version", 0);
                run(line, answer, () -> client(line).setRecord(key, label, version, value),
                    () -> client(line).setRecordAsync(key, label, version, value), Runner::tellRecord);
            }
            case "record_get" -> {
                byte[] address = line.address("address");
                boolean newest = !line.has("version");
                long version = line.number("version", 0);
                run(line, answer, () -> newest ? client(line).getRecord(address) : client(line).getRecord(address, version),
                    () -> newest ? client(line).getRecordAsync(address) : client(line).getRecordAsync(address, version), Runner::tellRecord);
            }
            case "record_list" -> {
                byte[] address = line.address("address");
                int limit = (int) line.number("limit", 1000);
                long before = line.number("before", Long.MAX_VALUE);
                run(line, answer, () -> client(line).listRecords(address, before, limit),
                    () -> client(line).listRecordsAsync(address, before, limit), Runner::tellPage);
            }
            case "record_address" -> answer.put("address", Line.hex(SafeRecord.addressOf(line.address("owner"), label)));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean values(Line line, Line.Answer answer) throws IOException {
        switch (line.operation) {
            case "link" -> tellLink(Link.parse(line.text("text")), answer);
            case "link_from_address" -> tellLink(Link.fromAddress(line.address("address")), answer);
            case "link_from_datamap" -> tellLink(Link.fromDatamap(line.bytes("datamap")), answer);
            case "link_with" -> tellLink(Link.parse(line.text("link")).with(line.text("name"), line.text("media_type")), answer);
            case "link_address" -> answer.put("address", Line.hex(Link.parse(line.text("link")).address()));
            case "link_datamap" -> answer.put("datamap", Link.parse(line.text("link")).datamap());
            case "key" -> {
                Key key = line.has("seed") ? Key.fromSeed(line.bytes("seed")) : Key.generate();
                kept.put(line.text("as"), key);
                answer.put("public", Line.hex(key.publicKey()));
            }
            case "key_seed" -> answer.put("seed", ((Key) kept.get(line.text("key"))).seed());
            case "sign" -> answer.put("signature", ((Key) kept.get(line.text("key"))).sign(line.bytes("data")));
            case "verify" -> Key.verify(line.address("public"), line.bytes("data"), line.bytes("signature"));
            case "version" -> answer.put("text", Library.version()).put("number", Library.versionNumber());
            case "feature" -> answer.put("value", Library.hasFeature(line.text("name")));
            case "setting" -> setting(line, answer);
            case "collect" -> System.gc();
            case "live_handles" -> answer.put("value", Library.liveHandles());
            case "s1_encode" -> encode(line, answer);
            case "s1_decode" -> decode(line, answer);
            case "port" -> kept.put(line.text("as"), new FolderStore(line.text("scheme"), Path.of(line.text("folder"))));
            case "transport" -> kept.put(line.text("as"), new Wire(line.text("scheme"), line.text("vault")));
            case "serve" -> {
                ServedVault vault = ServedVault.open(line.text("vault"), null);
                vault.setLimit(ServedVault.Limit.CONNECTIONS, 100);
                if (line.text("quota") != null) vault.setLimit(ServedVault.Limit.QUOTA, Long.parseLong(line.text("quota")));
                vault.setCertificate("no.pem", "no.pem"); // nobody asks for it before wss:
                kept.put(line.text("as"), vault);
                answer.put("url", vault.listen("tcp://127.0.0.1:0"));
                answer.put("key", vault.key());
            }
            case "metrics" -> answer.put("text", ((ServedVault) kept.get(line.text("of"))).metrics());
            case "drain" -> ((ServedVault) kept.get(line.text("of"))).drain(Duration.ofSeconds(10));
            case "port_hold", "port_release" -> ((FolderStore) kept.get(line.text("port"))).hold(line.operation.equals("port_hold"));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void setting(Line line, Line.Answer answer) throws IOException {
        boolean workers = line.text("name").equals("workers");
        if (line.has("value") && workers) Library.setWorkers(line.number("value", 0));
        if (line.has("value") && !workers) Library.setMemory(line.number("value", 0));
        answer.put("value", workers ? Library.workers() : Library.memory());
    }

    private static void encode(Line line, Line.Answer answer) throws IOException {
        Path folder = Files.createDirectories(Path.of(line.text("folder")));
        try (S1Encoder encoder = new S1Encoder()) {
            encoder.write(line.bytes("data"));
            byte[] datamap = encoder.finish();
            int count = 0;
            for (S1Encoder.Chunk chunk = encoder.next(); chunk != null; chunk = encoder.next(), ++count) {
                Files.write(folder.resolve(Line.hex(chunk.name())), chunk.data());
            }
            answer.put("datamap", datamap).put("chunks", count);
        }
    }

    private static void decode(Line line, Line.Answer answer) throws IOException {
        try (S1Map map = S1Map.parse(line.bytes("datamap"))) {
            List<byte[]> parts = new ArrayList<>();
            for (long at = 0; at < map.chunkCount(); ++at) {
                parts.add(map.decrypt(at, Files.readAllBytes(Path.of(line.text("folder"), Line.hex(map.chunkName(at))))));
            }
            answer.put("chunks", parts.size());
            if (parts.isEmpty()) parts.add(map.content());
            ByteBuffer whole = ByteBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
            parts.forEach(whole::put);
            answer.put("size", map.size()).put("data", whole.array());
        }
    }

    private boolean vaults(Line line, Line.Answer answer) throws Throwable {
        String url = line.text("url");
        switch (line.operation) {
            case "vault_info" -> run(line, answer, () -> Vault.info(url), () -> Vault.infoAsync(url), (info, out) -> {
                out.put("chunks", info.chunks()).put("chunk_bytes", info.chunkBytes()).put("records", info.records());
                out.put("record_bytes", info.recordBytes()).put("format", info.format());
            });
            case "vault_verify" -> run(line, answer, () -> Vault.verify(url), () -> Vault.verifyAsync(url), (found, out) -> {
                out.put("checked", found.checked()).put("bad", found.bad());
                tellItems(found.items(), out);
            });
            case "vault_gc" -> {
                List<Link> keep = new ArrayList<>();
                for (String text : line.text("keep").split("\n")) if (!text.isEmpty()) keep.add(Link.parse(text));
                boolean remove = line.flag("remove");
                run(line, answer, () -> Vault.collect(url, keep, remove), () -> Vault.collectAsync(url, keep, remove), (found, out) -> {
                    out.put("kept", found.kept()).put("removed", found.removed());
                    tellItems(found.items(), out);
                });
            }
            case "vault_remove" -> {
                byte[] address = line.address("address");
                run(line, answer, () -> {
                    Vault.remove(url, address);
                    return null;
                }, () -> Vault.removeAsync(url, address), (nothing, out) -> {});
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean ends(Line line, Line.Answer answer) throws Throwable {
        Started<?> one = started.get(Optional.ofNullable(line.text("op")).orElse(""));
        switch (line.operation) {
            case "close" -> kept.get(line.text("of")).close();
            case "end" -> end(line.text("how").equals("close"), answer);
            case "wait" -> started.remove(line.text("op")).finish(answer);
            case "cancel" -> one.operation().cancel(true);
            case "drop" -> started.remove(line.text("op")).operation().cancel(true);
            case "pending" -> answer.put("value", !one.operation().isDone());
            case "progress" -> answer.put("done", one.operation().progress().done());
            default -> {
                return false;
            }
        }
        return true;
    }

    /** What is a program's own thread, ports, is closed in any case. */
    private void end(boolean closing, Line.Answer answer) throws Exception {
        for (AutoCloseable one : kept.values()) if (one instanceof FolderStore store) store.hold(false);
        for (Started<?> one : started.values()) one.operation().cancel(true);
        started.clear();
        for (AutoCloseable one : kept.values()) if (closing || one instanceof FolderStore || one instanceof Wire) one.close();
        kept.clear();
        for (int tries = 0; Library.liveHandles() != 0 && tries < 400; ++tries) {
            System.gc();
            Thread.sleep(tries < 20 ? 2 : 25);
        }
        answer.put("live", Library.liveHandles());
    }

    private void play(Line line, Line.Answer answer) throws IOException {
        try {
            boolean known = content(line, answer) || streams(line, answer) || records(line, answer) || values(line, answer)
                || vaults(line, answer) || ends(line, answer);
            if (!known) throw new IllegalStateException("there is no operation " + line.operation + " here");
            if (line.has("start") && !started.containsKey(line.text("start"))) answer.put("ended", true); // streams wait
        } catch (Throwable problem) {
            answer.failure(problem);
        }
    }

    /**
     * Reads steps until there are no more.
     *
     * @param arguments the folder for files
     * @throws IOException if standard input fails
     */
    public static void main(String[] arguments) throws IOException {
        Line.folder = Path.of(arguments[0]);
        System.out.println("hello java can=" + CAN + " store=native");
        Runner runner = new Runner();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String text = in.readLine(); text != null; text = in.readLine()) {
            Line line = new Line(text);
            if (line.operation.equals("exit")) System.exit(0);
            Line.Answer answer = new Line.Answer();
            runner.play(line, answer);
            System.out.println(answer.line(line));
        }
    }
}

//! The runner of Rust: plays steps with what the crate makes public (README, "What a runner speaks").

mod format_2018;
mod line;
mod stores;

use libsafe::{
    block_on, ffi, vault, Client, Error, Key, Link, LogLevel, Operation, Put, Queue, Reader, Receipt, Record, Result, Setting, Vault,
    Writer, NEWEST,
};
use line::{failure, hex, Answer, Request};
use std::collections::HashMap;
use std::io::{BufRead, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;
use stores::Server;

static LOG_LINES: AtomicU64 = AtomicU64::new(0);

enum Thing {
    Client(Client),
    Reader(Reader),
    Writer(Writer),
    Key(Key),
    Server(Server),
    Vault(Vault),
    Closed,
}

type Tell<T> = Box<dyn FnOnce(T, &mut Runner) -> Result<Answer> + Send>;

/// What was started.
trait Pending {
    fn wait(self: Box<Self>, runner: &mut Runner) -> Result<Answer>;
    fn cancel(&self);
    fn is_ended(&self) -> bool;
    fn progress(&self) -> (u64, Option<u64>);
}

struct Started<T> {
    operation: Operation<T>,
    tell: Tell<T>,
    queued: bool,
}

impl<T> Pending for Started<T> {
    fn wait(self: Box<Self>, runner: &mut Runner) -> Result<Answer> {
        while self.queued && !self.operation.is_ended() {
            let queue = runner.queue()?;
            let mut descriptor = Descriptor { number: queue.fd()?, events: READABLE, found: 0 };
            unsafe { poll(&mut descriptor, 1, 100) };
            queue.next(Some(Duration::ZERO))?;
        }
        let result = if self.queued { self.operation.wait() } else { block_on(self.operation) };
        (self.tell)(result?, runner)
    }

    fn cancel(&self) {
        self.operation.cancel();
    }

    fn is_ended(&self) -> bool {
        self.operation.is_ended()
    }

    fn progress(&self) -> (u64, Option<u64>) {
        self.operation.progress()
    }
}

#[derive(Default)]
struct Runner {
    things: HashMap<String, Thing>,
    started: HashMap<String, Box<dyn Pending>>,
    queue: Option<Queue>,
    turn: u64,
}

fn nothing(_: (), _: &mut Runner) -> Result<Answer> {
    Ok(Answer::default())
}

fn receipt(made: Receipt, _: &mut Runner) -> Result<Answer> {
    let link = made.link()?;
    let answer = Answer::default().text("link", &link.text()).number("private", link.is_private().into()).maybe("name", link.name());
    let chunks = made.chunks()?.into_iter().map(|chunk| (chunk.address, chunk.size));
    let (new_chunks, new_bytes) = made.new_chunks();
    let answer = answer.number("size", made.size()).chunks("chunks", chunks);
    Ok(answer.number("new_chunks", new_chunks).number("new_bytes", new_bytes))
}

fn record(made: Record, _: &mut Runner) -> Result<Answer> {
    let answer = Answer::default().text("address", &hex(&made.address()?)).text("owner", &hex(&made.owner()?));
    Ok(answer.text("label", &made.label()).number("version", made.version()).bytes("value", &made.value()?))
}

fn told_link(link: &Link) -> Answer {
    let answer = Answer::default().text("text", &link.text()).number("private", link.is_private().into());
    let answer = answer.maybe("size", link.size().map(|size| size.to_string())).maybe("name", link.name());
    answer.maybe("media_type", link.media_type())
}

fn data(bytes: impl AsRef<[u8]>, _: &mut Runner) -> Result<Answer> {
    Ok(Answer::default().bytes("data", bytes.as_ref()))
}

fn how(request: &Request) -> Put {
    let mut how = if request.flag("private") { Put::PRIVATE } else { Put::PUBLIC };
    how = if request.flag("verify") { how.verified() } else { how };
    how = if request.flag("dry_run") { how.dry_run() } else { how };
    if request.flag("replay") {
        how.replayed()
    } else {
        how
    }
}

fn link_of(request: &Request) -> Result<Link> {
    Link::parse(request.text("link"))
}

macro_rules! kept {
    ($runner:expr, $request:expr, $key:expr, $kind:path) => {
        match $runner.things.get($request.text($key)) {
            Some($kind(thing)) => thing,
            _ => panic!("{} is no such thing", $request.text($key)),
        }
    };
}

impl Runner {
    fn queue(&mut self) -> Result<&Queue> {
        if self.queue.is_none() {
            self.queue = Some(Queue::new()?);
        }
        Ok(self.queue.as_ref().expect("just made"))
    }

    /// Has the result told: now, awaited or waited for by turns, or when `wait` asks.
    fn begin<T: 'static>(
        &mut self,
        request: &Request,
        operation: Operation<T>,
        tell: impl FnOnce(T, &mut Runner) -> Result<Answer> + Send + 'static,
    ) -> Result<Answer> {
        self.turn += 1;
        let odd = self.turn % 2 == 1;
        let name = match request.maybe("start") {
            Some(name) => name.to_string(),
            None => {
                let result = if odd { operation.wait() } else { block_on(operation) };
                return tell(result?, self);
            }
        };
        // Those that use a buffer of the caller's are told of by the crate itself.
        let lends = ["read_into", "write", "read"].contains(&request.operation.as_str());
        let turn = self.turn;
        let queued = odd && !lends && operation.to_queue(self.queue()?, turn).is_ok();
        self.started.insert(name, Box::new(Started { operation, tell: Box::new(tell), queued }));
        Ok(Answer::default())
    }

    fn keep(&mut self, name: &str, thing: Thing) {
        self.things.insert(name.to_string(), thing);
    }

    fn content(&mut self, request: &Request) -> Option<Result<Answer>> {
        let name = request.maybe("as").unwrap_or_default().to_string();
        let opened = move |reader: Reader, runner: &mut Runner| {
            let size = reader.size();
            runner.keep(&name, Thing::Reader(reader));
            Ok(Answer::default().number("size", size))
        };
        let name = request.maybe("as").unwrap_or_default().to_string();
        Some(match request.operation.as_str() {
            "connect" => {
                let create = request.maybe("create") != Some("0");
                let url = request.text("url");
                let connecting = if request.maybe("key").is_some() {
                    libsafe::connect_as(kept!(self, request, "key", Thing::Key), url)
                } else if request.flag("anonymous") {
                    libsafe::connect_anonymous(url)
                } else if create {
                    libsafe::connect(url)
                } else {
                    libsafe::connect_existing(url)
                };
                self.begin(request, connecting, move |client, runner| {
                    let url = client.url();
                    runner.keep(&name, Thing::Client(client));
                    Ok(Answer::default().text("url", &url))
                })
            }
            "put" => {
                let (memory, range) = request.view("data");
                let put = kept!(self, request, "client", Thing::Client).put(&memory[range], how(request));
                self.begin(request, put, receipt)
            }
            "put_file" => {
                let put = kept!(self, request, "client", Thing::Client).put_file(request.text("path"), how(request));
                self.begin(request, put, receipt)
            }
            "get" => link_of(request).and_then(|link| {
                let get = kept!(self, request, "client", Thing::Client).get(&link, request.number("limit").unwrap_or(1 << 28));
                self.begin(request, get, data)
            }),
            "get_file" => link_of(request).and_then(|link| {
                let get = kept!(self, request, "client", Thing::Client).get_file(&link, request.text("path"));
                self.begin(request, get, |size, _| Ok(Answer::default().number("size", size)))
            }),
            "open" => link_of(request).and_then(|link| {
                let open = kept!(self, request, "client", Thing::Client).open(&link);
                self.begin(request, open, opened)
            }),
            "open_datamap" => {
                let open = kept!(self, request, "client", Thing::Client).open_datamap(&request.bytes("datamap"));
                self.begin(request, open, opened)
            }
            "writer" => {
                let open = kept!(self, request, "client", Thing::Client).writer(request.number("size"), how(request));
                self.begin(request, open, move |writer, runner| {
                    runner.keep(&name, Thing::Writer(writer));
                    Ok(Answer::default())
                })
            }
            "chunk_put" => {
                let put = kept!(self, request, "client", Thing::Client).put_chunk(&request.bytes("data"));
                self.begin(request, put, |address, _| Ok(Answer::default().text("address", &hex(&address))))
            }
            "chunk_get" => request.address("address").and_then(|address| {
                let get = kept!(self, request, "client", Thing::Client).get_chunk(&address);
                self.begin(request, get, data)
            }),
            "state" => {
                let state = kept!(self, request, "client", Thing::Client).state();
                Ok(Answer::default().number("value", state as u64))
            }
            "next_state" => {
                let known = request.number("known").unwrap_or(0) as i32;
                let next = kept!(self, request, "client", Thing::Client).next_state(known);
                self.begin(request, next, |(), _| Ok(Answer::default()))
            }
            "timeout" => {
                let time = Duration::from_millis(request.number("milliseconds").unwrap_or(0));
                kept!(self, request, "client", Thing::Client).set_timeout(time).map(|()| Answer::default())
            }
            "chunk_exists" => request.address("address").and_then(|address| {
                let asked = kept!(self, request, "client", Thing::Client).has_chunk(&address);
                self.begin(request, asked, |there, _| Ok(Answer::default().number("value", there.into())))
            }),
            _ => return None,
        })
    }

    fn streams(&mut self, request: &Request) -> Option<Result<Answer>> {
        Some(match request.operation.as_str() {
            "read" => {
                let reader = kept!(self, request, "reader", Thing::Reader);
                let (offset, length) = (request.number("offset").unwrap_or(0), request.number("length").unwrap_or(0));
                if self.turn % 2 == 0 {
                    let read = reader.read(offset, length);
                    self.begin(request, read, data)
                } else {
                    let read = reader.read_into(offset, vec![0; length as usize]);
                    self.begin(request, read, data)
                }
            }
            "stream" => self.stream(request),
            "write" => self.write(request),
            "replay_size" => {
                Ok(Answer::default().number("value", kept!(self, request, "writer", Thing::Writer).replay_size()))
            }
            "finish" => {
                let close = kept!(self, request, "writer", Thing::Writer).close();
                self.begin(request, close, receipt)
            }
            _ => return None,
        })
    }

    /// A stream of std owns the reader meanwhile.
    fn stream(&mut self, request: &Request) -> Result<Answer> {
        let name = request.text("reader");
        let reader = match self.things.remove(name) {
            Some(Thing::Reader(reader)) => reader,
            _ => panic!("{} is no reader", name),
        };
        let mut stream = reader.into_stream();
        let mut content = Vec::new();
        let result = stream
            .seek(SeekFrom::Start(request.number("offset").unwrap_or(0)))
            .and_then(|_| stream.read_to_end(&mut content));
        self.keep(name, Thing::Reader(stream.into_reader()));
        match result {
            Ok(_) => data(content, self),
            Err(error) => Err(error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()).expect("the error of the crate").clone()),
        }
    }

    fn write(&mut self, request: &Request) -> Result<Answer> {
        let name = request.text("writer");
        let (memory, range) = request.view("data");
        let writer = match self.things.get_mut(name) {
            Some(Thing::Writer(writer)) => writer,
            _ => return Err(failure("SAFE_CLOSED", ffi::SAFE_CLOSED, "there is no writer any more")),
        };
        let write = if request.flag("reserved") {
            let mut room = writer.reserve(range.len())?;
            let size = range.len();
            room.copy_from_slice(&memory[range]);
            room.commit(size)
        } else {
            writer.write(memory[range].to_vec())
        };
        self.begin(request, write, nothing)
    }

    fn records(&mut self, request: &Request) -> Option<Result<Answer>> {
        let operation = request.operation.as_str();
        if !operation.starts_with("record_") {
            return None;
        }
        if operation == "record_address" {
            let address = request.address("owner").and_then(|owner| libsafe::record_address(&owner, request.text("label")));
            return Some(address.map(|address| Answer::default().text("address", &hex(&address))));
        }
        let client = kept!(self, request, "client", Thing::Client);
        Some(match operation {
            "record_create" => {
                let key = kept!(self, request, "key", Thing::Key);
                let made = client.create_record(key, request.text("label"), &request.bytes("value"));
                self.begin(request, made, record)
            }
            "record_set" => {
                let key = kept!(self, request, "key", Thing::Key);
                let version = request.number("version").unwrap_or(0);
                let made = client.set_record(key, request.text("label"), version, &request.bytes("value"));
                self.begin(request, made, record)
            }
            "record_get" => request.address("address").and_then(|address| {
                let got = kept!(self, request, "client", Thing::Client).record(&address, request.number("version").unwrap_or(NEWEST));
                self.begin(request, got, record)
            }),
            _ => request.address("address").and_then(|address| {
                let limit = request.number("limit").unwrap_or(1000) as u32;
                let client = kept!(self, request, "client", Thing::Client);
                let list = client.records(&address, request.number("before").unwrap_or(NEWEST), limit);
                self.begin(request, list, |page, _| {
                    let versions: Vec<String> = page.records()?.iter().map(|record| record.version().to_string()).collect();
                    let next = page.next()?.map(|before| before.to_string());
                    Ok(Answer::default().text("versions", &versions.join(",")).maybe("next", next))
                })
            }),
        })
    }

    fn links(&mut self, request: &Request) -> Option<Result<Answer>> {
        Some(match request.operation.as_str() {
            "link" => request.text("text").parse().map(|link: Link| told_link(&link)),
            "link_from_address" => request.address("address").and_then(|address| Ok(told_link(&Link::from_address(&address)?))),
            "link_from_datamap" => Link::from_datamap(&request.bytes("datamap")).map(|link| told_link(&link)),
            "link_with" => link_of(request)
                .and_then(|link| link.with(request.maybe("name"), request.maybe("media_type")))
                .map(|link| told_link(&link)),
            "link_address" => {
                link_of(request).and_then(|link| link.address()).map(|address| Answer::default().text("address", &hex(&address)))
            }
            "link_datamap" => {
                link_of(request).and_then(|link| link.datamap()).map(|map| Answer::default().bytes("datamap", &map))
            }
            "key" => self.key(request),
            "key_seed" => kept!(self, request, "key", Thing::Key).export().map(|seed| Answer::default().bytes("seed", &seed)),
            "sign" => kept!(self, request, "key", Thing::Key)
                .sign(&request.bytes("data"))
                .map(|signature| Answer::default().bytes("signature", &signature)),
            "verify" => request.address("public").and_then(|public| {
                let signature = request.array(&request.bytes("signature"))?;
                libsafe::verify(&public, &request.bytes("data"), &signature)?;
                Ok(Answer::default())
            }),
            _ => return None,
        })
    }

    fn key(&mut self, request: &Request) -> Result<Answer> {
        let key = match request.maybe("seed") {
            Some(_) => Key::import(&request.array(&request.bytes("seed"))?)?,
            None => Key::generate()?,
        };
        let public = key.public()?;
        self.keep(request.text("as"), Thing::Key(key));
        Ok(Answer::default().text("public", &hex(&public)))
    }

    fn vaults(&mut self, request: &Request) -> Option<Result<Answer>> {
        let figures = |names: &'static [&'static str]| {
            move |report: vault::Report, _: &mut Runner| {
                let mut answer = Answer::default();
                for name in names {
                    answer = answer.number(name, report.value(name)?);
                }
                Ok(answer.chunks("items", report.items()?.into_iter().map(|item| (item.address, item.size))))
            }
        };
        Some(match request.operation.as_str() {
            "vault_info" => {
                let names = &["chunks", "chunk_bytes", "records", "record_bytes", "format"];
                self.begin(request, vault::info(request.text("url")), figures(names))
            }
            "vault_verify" => self.begin(request, vault::verify(request.text("url")), figures(&["checked", "bad"])),
            "vault_gc" => {
                let gc = vault::gc(request.text("url"), request.text("keep"), request.flag("remove"));
                self.begin(request, gc, figures(&["kept", "removed"]))
            }
            "vault_remove" => request
                .address("address")
                .and_then(|address| self.begin(request, vault::remove(request.text("url"), &address), nothing)),
            "s1_encode" => format_2018::encode(request),
            "s1_decode" => format_2018::decode(request),
            "port" => Server::store(request.text("scheme"), request.text("folder")).map(|server| {
                self.keep(request.text("as"), Thing::Server(server));
                Answer::default()
            }),
            "transport" => Server::transport(request.text("scheme"), request.text("vault")).map(|server| {
                self.keep(request.text("as"), Thing::Server(server));
                Answer::default()
            }),
            "serve" => serve(request).map(|vault| {
                let answer = Answer::default().text("key", &vault.key()).text("url", &vault.urls()[0]);
                self.keep(request.text("as"), Thing::Vault(vault));
                answer
            }),
            "metrics" => kept!(self, request, "of", Thing::Vault)
                .metrics()
                .wait()
                .map(|text| Answer::default().text("text", &String::from_utf8_lossy(&text))),
            "drain" => kept!(self, request, "of", Thing::Vault)
                .drain(Duration::from_secs(10))
                .wait()
                .map(|()| Answer::default()),
            "port_hold" | "port_release" => {
                kept!(self, request, "port", Thing::Server).hold(request.operation == "port_hold");
                Ok(Answer::default())
            }
            _ => return None,
        })
    }

    fn library(&mut self, request: &Request) -> Option<Result<Answer>> {
        let answer = Answer::default();
        Some(match request.operation.as_str() {
            "version" => Ok(answer
                .text("text", &libsafe::version())
                .number("number", libsafe::version_number().into())
                .number("abi", libsafe::abi_version().into())),
            "feature" => libsafe::feature(request.text("name")).map(|there| answer.number("value", there.into())),
            "setting" => {
                let setting = if request.text("name") == "workers" { Setting::Workers } else { Setting::Memory };
                let set = request.number("value").map_or(Ok(()), |value| setting.set(value));
                set.map(|()| answer.number("value", setting.get()))
            }
            "log" => {
                if request.text("level") == "0" {
                    libsafe::log_off();
                } else {
                    libsafe::log_to(LogLevel::Debug, |_, _| drop(LOG_LINES.fetch_add(1, Ordering::Relaxed)));
                }
                Ok(answer.number("lines", LOG_LINES.swap(0, Ordering::Relaxed)))
            }
            "collect" => Ok(answer),
            "live_handles" => Ok(answer.number("value", libsafe::live_handles())),
            "close" => {
                self.keep(request.text("of"), Thing::Closed);
                Ok(answer)
            }
            "fork" => Ok(answer.text("code", &fork_and_put(kept!(self, request, "client", Thing::Client)))),
            "end" => Ok(self.end()),
            _ => return None,
        })
    }

    fn ends(&mut self, request: &Request) -> Option<Result<Answer>> {
        let name = request.maybe("op")?;
        let answer = Answer::default();
        Some(match (request.operation.as_str(), self.started.get(name)?) {
            ("wait", _) => {
                let pending = self.started.remove(name)?;
                pending.wait(self)
            }
            ("cancel", pending) => {
                pending.cancel();
                Ok(answer)
            }
            ("pending", pending) => Ok(answer.number("value", (!pending.is_ended()).into())),
            ("progress", pending) => {
                let (done, total) = pending.progress();
                Ok(answer.number("done", done).maybe("total", total.map(|total| total.to_string())))
            }
            ("drop", _) => {
                self.started.remove(name);
                Ok(answer)
            }
            _ => return None,
        })
    }

    fn end(&mut self) -> Answer {
        for thing in self.things.values() {
            if let Thing::Server(server) = thing {
                server.hold(false);
            }
        }
        self.started.clear();
        self.things.clear();
        if let Some(queue) = self.queue.take() {
            queue.wake();
        }
        let mut waited = 0;
        while libsafe::live_handles() != 0 && waited < 10_000 {
            thread::sleep(Duration::from_millis(1));
            waited += 1;
        }
        Answer::default().number("live", libsafe::live_handles())
    }

    fn play(&mut self, request: &Request) -> Option<Result<Answer>> {
        self.library(request)
            .or_else(|| self.content(request))
            .or_else(|| self.streams(request))
            .or_else(|| self.records(request))
            .or_else(|| self.links(request))
            .or_else(|| self.vaults(request))
            .or_else(|| self.ends(request))
    }
}

#[repr(C)]
struct Descriptor {
    number: i32,
    events: i16,
    found: i16,
}

const READABLE: i16 = 1;

extern "C" {
    fn poll(descriptors: *mut Descriptor, count: std::os::raw::c_ulong, milliseconds: i32) -> i32;
    fn fork() -> i32;
    fn waitpid(process: i32, status: *mut i32, options: i32) -> i32;
    fn _exit(status: i32) -> !;
}

/// What a put fails with in the child of a fork.
fn serve(request: &Request) -> Result<Vault> {
    let vault = Vault::open(request.text("vault")).wait()?;
    vault.set_limit(ffi::SAFE_VAULT_LIMIT_CONNECTIONS, 100)?;
    if let Some(quota) = request.number("quota") {
        vault.set_limit(ffi::SAFE_VAULT_LIMIT_QUOTA, quota)?;
    }
    vault.set_certificate("no.pem", "no.pem")?; // nobody asks for it before wss:
    vault.listen("tcp://127.0.0.1:0").wait()?;
    Ok(vault)
}

fn fork_and_put(client: &Client) -> String {
    let (mut here, mut there) = std::os::unix::net::UnixStream::pair().expect("a pair of sockets");
    let child = unsafe { fork() };
    if child == 0 {
        let name = client.put(b"from a child", Put::PUBLIC).wait().map_or_else(|error| error.name, |_| "SAFE_OK".into());
        let told = there.write_all(name.as_bytes());
        unsafe { _exit(told.is_err().into()) };
    }
    drop(there);
    let mut name = String::new();
    here.read_to_string(&mut name).expect("a name");
    unsafe { waitpid(child, std::ptr::null_mut(), 0) };
    name
}

fn main() {
    println!(
        "hello rust can=addresses,behind,children,chunks,datamaps,details,empty_urls,files,fork,identities,limits,links,log,metrics,named_links,own_vaults,pages,ports,\
         progress,record_addresses,replay,s1,seeds,serving,settings,signing,sizes,sockets,states,streams,transports,u64,unsigned,vaults,views store=native"
    );
    let mut runner = Runner::default();
    for line in std::io::stdin().lock().lines() {
        let request = Request::parse(&line.expect("a line"));
        if request.operation == "exit" {
            std::process::exit(0);
        }
        let mut result = runner.play(&request).unwrap_or_else(|| panic!("there is no operation {} here", request.operation));
        if request.maybe("start").map_or(false, |name| !runner.started.contains_key(name)) {
            result = result.map(|answer| answer.number("ended", 1)); // streams of std wait
        }
        println!("{}", Answer::line(&request.number, result));
    }
}

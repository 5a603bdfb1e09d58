//! The crate over libsafe.so: what it gives, what it refuses, and that nothing is left at the end.

#[allow(dead_code)] // its tests are asynchronous
mod support;

use libsafe::{block_on, ffi, Client, Error, Key, Link, Put};
use std::collections::HashSet;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use support::{content, MIB};

/// Runs a test and checks that it leaves no handle behind.
fn without_leaks<F: Future<Output = Result<(), Error>>>(test: F) {
    block_on(test).unwrap();
    assert_eq!(libsafe::live_handles(), 0, "handles are left");
}

async fn vault() -> Result<Client, Error> {
    libsafe::connect("mem:").await
}

#[test]
fn every_function_of_the_interface_is_linked() {
    let functions = ffi::functions();
    assert!(functions.len() > 100);
    let addresses: HashSet<_> = functions.iter().map(|(_, address)| *address).collect();
    assert_eq!(addresses.len(), functions.len());
    assert!(functions.iter().all(|(name, address)| name.starts_with("safe_") && !address.is_null()));
}

#[test]
fn the_library_is_the_one_that_the_crate_was_made_for() {
    assert_eq!(libsafe::abi_version(), ffi::SAFE_ABI_VERSION);
    let version = [ffi::SAFE_VERSION_MAJOR, ffi::SAFE_VERSION_MINOR, ffi::SAFE_VERSION_PATCH].map(|part| part.to_string());
    assert_eq!(libsafe::version(), version.join("."));
    assert!(libsafe::feature("mem").unwrap() && !libsafe::feature("no such thing").unwrap());
}

#[test]
fn what_is_put_comes_back() {
    without_leaks(async {
        let client = vault().await?;
        assert_eq!(client.url(), "mem:");
        for size in [0, 1, 1000, 5 * MIB] {
            let data = content(size);
            let receipt = client.put(&data, Put::PUBLIC).await?;
            assert_eq!(receipt.size(), size as u64);
            let link = receipt.link()?;
            assert_eq!(link.size(), Some(size as u64));
            assert!(*client.get(&link, size as u64).await? == data[..]);
        }
        Ok(())
    });
}

#[test]
fn private_links_are_not_shown() {
    without_leaks(async {
        let client = vault().await?;
        let link = client.put(b"diary", Put::PRIVATE.verified()).await?.link()?;
        assert!(link.is_private() && link.text().starts_with("safe:private-"));
        assert!(!format!("{:?}", link).contains(&link.text()));
        let named = link.with(Some("diary.txt"), Some("text/plain"))?;
        let again: Link = named.text().parse()?;
        assert_eq!((again.name().as_deref(), again.media_type().as_deref()), (Some("diary.txt"), Some("text/plain")));
        assert_eq!(&*client.get(&again, 100).await?, b"diary");
        assert_eq!(again.address().unwrap_err().name, "SAFE_INVALID_ARGUMENT");
        assert!(Link::from_datamap(&again.datamap()?)?.is_private());
        Ok(())
    });
}

#[test]
fn a_reader_reads_anywhere() {
    without_leaks(async {
        let client = vault().await?;
        let data = content(9 * MIB);
        let link = client.put(&data, Put::PUBLIC).await?.link()?;
        let reader = client.open(&link).await?;
        assert_eq!(reader.size(), data.len() as u64);
        // Both are under way at once.
        let (start, end) = (reader.read(0, 10), reader.read(data.len() as u64 - 5, 100));
        assert_eq!((&*end.await?, &*start.await?), (&data[data.len() - 5..], &data[..10]));
        let middle = reader.read_into(5_000_000, vec![0; 1000]).await?;
        assert!(middle == data[5_000_000..5_001_000]);
        assert_eq!(reader.read_into(data.len() as u64 - 3, vec![0; 10]).await?, &data[data.len() - 3..]);
        Ok(())
    });
}

#[test]
fn a_writer_takes_what_is_pushed_in() {
    without_leaks(async {
        let client = vault().await?;
        let writer = client.writer(None, Put::PUBLIC).await?;
        for number in 0..1000 {
            writer.write(format!("line {}\n", number).into_bytes()).await?;
        }
        let link = writer.close().await?.link()?;
        let text = client.get(&link, MIB as u64).await?;
        assert!(text.starts_with(b"line 0\nline 1\n") && text.ends_with(b"line 999\n"));
        assert_eq!(writer.write(vec![1]).await.unwrap_err().name, "SAFE_CLOSED");
        Ok(())
    });
}

#[test]
fn files_go_in_and_out() {
    let folder = std::env::temp_dir().join(format!("libsafe-rust-{}", std::process::id()));
    let _of_an_earlier_run = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_string();
    let data = content(2 * MIB);
    std::fs::write(path("in"), &data).unwrap();
    without_leaks(async {
        let url = format!("file:{}", path("vault"));
        assert_eq!(libsafe::connect_existing(&url).await.unwrap_err().name, "SAFE_STORE_MISSING");
        let client = libsafe::connect(&url).await?;
        let link = client.put_file(&path("in"), Put::PUBLIC).await?.link()?;
        assert_eq!(link.name().as_deref(), Some("in"));
        assert_eq!(client.get_file(&link, &path("out")).await?, data.len() as u64);
        assert_eq!(client.put_file(&path("none"), Put::PUBLIC).await.unwrap_err().name, "SAFE_FILE_NOT_FOUND");
        Ok(())
    });
    assert!(std::fs::read(path("out")).unwrap() == data);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn keys_sign() {
    without_leaks(async {
        let key = Key::generate()?;
        let again = Key::import(&key.export()?)?;
        assert_eq!(key.public()?, again.public()?);
        let signature = key.sign(b"text")?;
        libsafe::verify(&key.public()?, b"text", &signature)?;
        assert_eq!(libsafe::verify(&key.public()?, b"Text", &signature).unwrap_err().name, "SAFE_BAD_SIGNATURE");
        assert_eq!(format!("{:?}", key), "Key(hidden)");
        Ok(())
    });
}

#[test]
fn records_have_versions() {
    without_leaks(async {
        let client = vault().await?;
        let key = Key::generate()?;
        client.create_record(&key, "profile", b"first").await?;
        client.set_record(&key, "profile", 1, b"second").await?;
        let late = client.set_record(&key, "profile", 1, b"late").await.unwrap_err();
        assert_eq!((late.name.as_str(), late.number("current_version")), ("SAFE_INVALID_SUCCESSOR", Some(1)));
        let address = libsafe::record_address(&key.public()?, "profile")?;
        let newest = client.record(&address, libsafe::NEWEST).await?;
        assert_eq!((newest.version(), &*newest.value()?), (1, &b"second"[..]));
        assert_eq!((newest.label(), newest.owner()?, newest.address()?), ("profile".into(), key.public()?, address));
        let page = client.records(&address, libsafe::NEWEST, 1).await?;
        assert_eq!((page.records()?.len(), page.next()?), (1, Some(1)));
        Ok(())
    });
}

#[test]
fn chunks_are_kept_as_they_are() {
    without_leaks(async {
        let client = vault().await?;
        let address = client.put_chunk(b"as it is").await?;
        assert_eq!(&*client.get_chunk(&address).await?, b"as it is");
        assert!(client.has_chunk(&address).await? && !client.has_chunk(&[9; 32]).await?);
        Ok(())
    });
}

#[test]
fn errors_say_what_failed() {
    without_leaks(async {
        let client = vault().await?;
        let missing = client.open(&Link::from_address(&[1; 32])?).await.unwrap_err();
        assert_eq!((missing.code, missing.name.as_str()), (ffi::SAFE_NO_SUCH_DATA, "SAFE_NO_SUCH_DATA"));
        assert!(missing.to_string().ends_with("(SAFE_NO_SUCH_DATA -103)"), "{}", missing);
        assert!(!missing.is_retryable());
        let link = client.put(&content(100), Put::PUBLIC).await?.link()?;
        let large = client.get(&link, 99).await.unwrap_err();
        assert_eq!((large.name.as_str(), large.number("limit")), ("SAFE_DATA_TOO_LARGE", Some(99)));
        assert_eq!(libsafe::connect("gopher:").await.unwrap_err().name, "SAFE_BAD_URL");
        for nul in [libsafe::connect("mem:\0").await.map(drop), Link::parse("\0").map(drop)] {
            assert_eq!(nul.unwrap_err().name, "SAFE_INVALID_ARGUMENT");
        }
        Ok(())
    });
}

#[test]
fn a_dropped_operation_leaves_nothing() {
    without_leaks(async {
        let client = vault().await?;
        let data = content(3 * MIB);
        for _ in 0..20 {
            drop(client.put(&data, Put::PUBLIC));
        }
        let link = client.put(&data, Put::PUBLIC).await?.link()?;
        let reader = client.open(&link).await?;
        for _ in 0..20 {
            drop(reader.read_into(0, vec![0; MIB])); // the buffer outlives the future, and not the operation
        }
        Ok(())
    });
}

#[test]
fn a_cancelled_operation_says_so() {
    without_leaks(async {
        let client = vault().await?;
        let data = content(32 * MIB);
        let put = client.put(&data, Put::PUBLIC);
        put.cancel();
        match put.await {
            Err(error) => assert_eq!(error.name, "SAFE_CANCELLED"),
            Ok(receipt) => assert_eq!(receipt.size(), data.len() as u64), // it was faster
        }
        Ok(())
    });
}

#[test]
fn any_executor_will_do() {
    struct Count(AtomicUsize);
    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let woken = Arc::new(Count(AtomicUsize::new(0)));
    let waker = woken.clone().into();
    let mut context = Context::from_waker(&waker);
    let mut connecting = Box::pin(libsafe::connect("mem:"));
    let client = loop {
        match connecting.as_mut().poll(&mut context) {
            Poll::Ready(client) => break client.unwrap(),
            Poll::Pending => while woken.0.swap(0, Ordering::SeqCst) == 0 {
                std::thread::yield_now();
            },
        }
    };
    drop((client, connecting));
    assert_eq!(libsafe::live_handles(), 0);
}

#[test]
fn futures_may_change_threads() {
    let (sender, receiver) = std::sync::mpsc::channel();
    libsafe::spawn(async move {
        let client = libsafe::connect("mem:").await.unwrap();
        let client = Arc::new(client);
        let threads: Vec<_> = (0..4u8)
            .map(|number| {
                let client = client.clone();
                std::thread::spawn(move || {
                    let data = vec![number; 100_000];
                    let link = block_on(client.put(&data, Put::PUBLIC)).unwrap().link().unwrap();
                    assert!(*block_on(client.get(&link, 100_000)).unwrap() == data[..]);
                })
            })
            .collect();
        let worked = threads.into_iter().all(|thread| thread.join().is_ok());
        drop(client);
        sender.send(worked).unwrap();
    });
    assert!(receiver.recv().unwrap());
    assert_eq!(libsafe::live_handles(), 0);
}

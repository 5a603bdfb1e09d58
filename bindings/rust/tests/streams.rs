//! Content as streams of std, and memory of a writer that is filled in place.

mod support;

use libsafe::{Error, Put};
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use support::{content, vault, without_leaks, MIB};

#[test]
fn what_is_written_to_a_stream_is_read_from_one() {
    without_leaks(|| {
        let client = vault();
        for size in [0, 1, 2, 3, MIB - 1, MIB, MIB + 1, 5 * MIB + 12_345] {
            let data = content(size);
            let mut stream = client.writer(Some(size as u64), Put::PUBLIC).wait().unwrap().into_stream();
            io::copy(&mut &data[..], &mut stream).unwrap();
            let receipt = stream.finish().unwrap();
            assert_eq!(receipt.size(), size as u64);
            let reader = client.open(&receipt.link().unwrap()).wait().unwrap();
            let mut back = Vec::new();
            reader.into_stream().read_to_end(&mut back).unwrap();
            assert!(back == data, "of {} bytes others came back", size);
        }
    });
}

#[test]
fn a_stream_is_sought_in_like_a_file() {
    without_leaks(|| {
        let client = vault();
        let data = content(3 * MIB);
        let link = client.put(&data, Put::PRIVATE).wait().unwrap().link().unwrap();
        let mut stream = client.open(&link).wait().unwrap().into_stream();
        let mut like = io::Cursor::new(&data);
        let mut number = 1u64;
        for _ in 0..500 {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let place = (number >> 33) as i64 % (data.len() as i64 + 1000);
            let to = match number >> 62 {
                0 => SeekFrom::Start(place as u64),
                1 => SeekFrom::End(-place),
                2 => SeekFrom::Current(place - data.len() as i64),
                _ => SeekFrom::Current((place & 0xff) - 128),
            };
            match (stream.seek(to), like.seek(to)) {
                (Ok(own), Ok(other)) => assert_eq!(own, other),
                (Err(own), Err(_)) => assert_eq!(own.kind(), io::ErrorKind::InvalidInput),
                (own, other) => panic!("{:?}: {:?}, a file says {:?}", to, own, other),
            }
            let (mut own, mut other) = ([0; 700], [0; 700]);
            let count = stream.read(&mut own).unwrap();
            let expected = like.read(&mut other).unwrap();
            assert!(count <= expected && (count > 0 || expected == 0));
            assert_eq!(own[..count], other[..count]);
            like.seek(SeekFrom::Start(stream.stream_position().unwrap())).unwrap();
        }
        stream.seek(SeekFrom::Start(u64::MAX)).unwrap();
        assert_eq!(stream.read(&mut [0; 10]).unwrap(), 0);
        assert_eq!(stream.into_reader().size(), data.len() as u64);
    });
}

#[test]
fn lines_are_read_one_by_one() {
    without_leaks(|| {
        let client = vault();
        let mut stream = client.writer(None, Put::PUBLIC).wait().unwrap().into_stream();
        for number in 0..200_000 {
            writeln!(stream, "line {}", number).unwrap();
        }
        let link = stream.finish().unwrap().link().unwrap();
        let stream = client.open(&link).wait().unwrap().into_stream();
        for (number, line) in stream.lines().enumerate() {
            assert_eq!(line.unwrap(), format!("line {}", number));
        }
    });
}

#[test]
fn memory_of_the_writer_is_filled_in_place() {
    without_leaks(|| {
        let client = vault();
        let mut writer = client.writer(None, Put::PUBLIC).wait().unwrap();
        assert_eq!(writer.reserve(5 * MIB).unwrap_err().name, "SAFE_INVALID_ARGUMENT");
        for number in 0..10 {
            let mut room = writer.reserve(1000).unwrap();
            assert!(room.len() == 1000 && room.iter().all(|byte| *byte == 0));
            room.fill(number);
            room.commit(900 + number as usize).wait().unwrap();
        }
        assert_eq!(writer.reserve(1000).unwrap().commit(1001).wait().unwrap_err().name, "SAFE_INVALID_ARGUMENT");
        let link = writer.close().wait().unwrap().link().unwrap();
        let back = client.get(&link, MIB as u64).wait().unwrap();
        assert_eq!((back.len(), back[899], back[900], back[back.len() - 1]), (9045, 0, 1, 9));
    });
}

#[test]
fn a_replayed_writer_takes_the_beginning_again() {
    without_leaks(|| {
        let client = vault();
        let data = content(20 * MIB);
        let writer = client.writer(Some(data.len() as u64), Put::PUBLIC.replayed()).wait().unwrap();
        let again = writer.replay_size() as usize;
        assert!(again > 0 && again < data.len());
        for block in data.chunks(MIB).chain(data[..again].chunks(MIB)) {
            writer.write(block.to_vec()).wait().unwrap();
        }
        let receipt = writer.close().wait().unwrap();
        assert_eq!(receipt.link().unwrap().text(), client.put(&data, Put::PUBLIC).wait().unwrap().link().unwrap().text());
        assert_eq!(client.writer(None, Put::PUBLIC).wait().unwrap().replay_size(), 0);
    });
}

#[test]
fn a_receipt_names_its_chunks() {
    without_leaks(|| {
        let client = vault();
        let receipt = client.put(&content(9 * MIB), Put::PRIVATE).wait().unwrap();
        let chunks = receipt.chunks().unwrap();
        assert_eq!(chunks.len() as u64, receipt.chunk_count());
        for chunk in &chunks {
            assert_eq!(client.get_chunk(&chunk.address).wait().unwrap().len() as u64, chunk.size);
        }
        assert_eq!(receipt.new_chunks(), (chunks.len() as u64, chunks.iter().map(|chunk| chunk.size).sum()));
    });
}

#[test]
fn what_a_stream_cannot_do_is_told_as_io_errors_that_hold_ours() {
    without_leaks(|| {
        let client = vault();
        let mut stream = client.writer(Some(10), Put::PUBLIC).wait().unwrap().into_stream();
        stream.write_all(b"more than the ten").unwrap(); // is collected
        let refused = stream.flush().unwrap_err();
        let inner = refused.get_ref().unwrap().downcast_ref::<Error>().unwrap();
        assert_eq!((refused.kind(), inner.name.as_str()), (io::ErrorKind::Other, "SAFE_SIZE_MISMATCH"));
        assert_eq!(stream.finish().unwrap_err().name, "SAFE_SIZE_MISMATCH");

        let link = client.put(&content(5 * MIB), Put::PUBLIC).wait().unwrap().link().unwrap();
        let mut reading = client.open(&link).wait().unwrap().into_stream();
        let mut writing = client.writer(None, Put::PUBLIC).wait().unwrap().into_stream();
        reading.read_exact(&mut [0; 10]).unwrap();
        writing.write_all(b"something").unwrap();
        drop(client);
        assert_eq!(reading.seek(SeekFrom::Start(3 * MIB as u64)).unwrap(), 3 * MIB as u64);
        assert_eq!(reading.read(&mut [0; 10]).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(writing.flush().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_stream_that_is_dropped_is_abandoned() {
    without_leaks(|| {
        let client = vault();
        for size in [0, 10, MIB, 3 * MIB] {
            let mut stream = client.writer(None, Put::PUBLIC).wait().unwrap().into_stream();
            stream.write_all(&content(size)).unwrap();
        }
    });
}

//! Content as the streams of std, for code that waits.

use crate::bytes::Bytes;
use crate::error::{Error, Result};
use crate::operation::Operation;
use crate::put::{Receipt, Writer};
use crate::reader::Reader;
use std::fmt;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};

/// As much as is fetched or collected at a time.
const BLOCK: usize = 1 << 20;

impl Reader {
    /// The content as a stream of std, from its beginning.
    ///
    /// ```
    /// use std::io::{BufRead, Seek, SeekFrom};
    ///
    /// # let client = libsafe::connect("mem:").wait()?;
    /// # let link = client.put(b"one\ntwo\n", libsafe::Put::PUBLIC).wait()?.link()?;
    /// let mut stream = client.open(&link).wait()?.into_stream();
    /// stream.seek(SeekFrom::Start(4))?;
    /// assert_eq!(stream.lines().next().unwrap()?, "two");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_stream(self) -> ReadStream {
        ReadStream { reader: self, block: None, start: 0, used: 0 }
    }
}

/// Content that is read in order, or from wherever it is sought to. Small reads cost no call.
pub struct ReadStream {
    reader: Reader,
    /// What was fetched last, and where in the content it starts.
    block: Option<Bytes>,
    start: u64,
    /// How much of the block has been read.
    used: usize,
}

impl ReadStream {
    pub fn into_reader(self) -> Reader {
        self.reader
    }

    fn position(&self) -> u64 {
        self.start + self.used as u64
    }

    fn rest(&self) -> &[u8] {
        self.block.as_ref().map_or(&[], |block| &block[self.used..])
    }

    fn fetch(&mut self) -> Result<()> {
        self.start = self.position();
        self.used = 0;
        self.block = None;
        self.block = Some(self.reader.read(self.start, BLOCK as u64).wait()?);
        Ok(())
    }
}

impl BufRead for ReadStream {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.rest().is_empty() && self.position() < self.reader.size() {
            self.fetch()?;
        }
        Ok(self.rest())
    }

    fn consume(&mut self, count: usize) {
        self.used += count.min(self.rest().len());
    }
}

impl Read for ReadStream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

impl Seek for ReadStream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => moved(self.reader.size(), offset),
            SeekFrom::Current(offset) => moved(self.position(), offset),
        };
        let position = position.ok_or_else(|| Error::argument("a seek to before the beginning of the content".into()))?;
        let held = self.block.as_ref().map_or(0, |block| block.len()) as u64;
        if position >= self.start && position - self.start <= held {
            self.used = (position - self.start) as usize;
        } else {
            self.block = None;
            self.start = position;
            self.used = 0;
        }
        Ok(position)
    }
}

fn moved(from: u64, offset: i64) -> Option<u64> {
    let distance = offset.unsigned_abs();
    if offset < 0 {
        from.checked_sub(distance)
    } else {
        from.checked_add(distance)
    }
}

impl fmt::Debug for ReadStream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ReadStream(at {} of {})", self.position(), self.reader.size())
    }
}

impl Writer {
    /// The content as a stream of std. [`WriteStream::finish`] ends it; without, it is abandoned.
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// # let client = libsafe::connect("mem:").wait()?;
    /// let mut stream = client.writer(None, libsafe::Put::PUBLIC).wait()?.into_stream();
    /// for number in 0..1000 {
    ///     writeln!(stream, "line {}", number)?;
    /// }
    /// let link = stream.finish()?.link()?;
    /// assert_eq!(link.size(), Some(8890));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_stream(self) -> WriteStream {
        WriteStream { writer: self, collected: Vec::new(), under_way: None }
    }
}

/// Content that is pushed in. While a mebibyte is stored, the next one is collected.
pub struct WriteStream {
    writer: Writer,
    collected: Vec<u8>,
    /// What was handed in last; gives its memory back.
    under_way: Option<Operation<Vec<u8>>>,
}

impl WriteStream {
    /// Ends the content.
    pub fn finish(mut self) -> Result<Receipt> {
        self.settle()?;
        self.writer.close().wait()
    }

    /// Hands in what was collected, and waits until the writer can take more.
    fn settle(&mut self) -> Result<()> {
        if !self.collected.is_empty() {
            self.hand_in()?;
        }
        self.under_way.take().map_or(Ok(()), |last| last.wait().map(drop))
    }

    fn hand_in(&mut self) -> Result<()> {
        let mut memory = self.under_way.take().map_or(Ok(Vec::new()), Operation::wait)?;
        memory.clear();
        let collected = std::mem::replace(&mut self.collected, memory);
        self.under_way = Some(self.writer.write_and_return(collected));
        Ok(())
    }
}

impl Write for WriteStream {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.collected.len() == BLOCK {
            self.hand_in()?;
        }
        let count = data.len().min(BLOCK - self.collected.len());
        self.collected.extend_from_slice(&data[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(self.settle()?)
    }
}

impl fmt::Debug for WriteStream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "WriteStream({} bytes collected)", self.collected.len())
    }
}

//! `open()`: the mode, the layers it stands for, and the standard streams.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::IsTerminal;
use std::os::fd::FromRawFd;
use std::os::unix::ffi::OsStringExt;
use std::rc::Rc;

use dx_object::args::{Args, Signature};
use dx_object::error::PyResult;
use dx_object::spec::TypeSpec;
use dx_object::thread::Thread;
use dx_object::types::text;
use dx_object::value::Value;

use super::buffer::{FileState, Newline};
use super::file::{self, RANDOM, RAW, READER, TEXT, WRITER};

static SIGNATURE: Signature = Signature {
    function: "open",
    parameters: &["file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener"],
    positional_only: 0,
    positional: 8,
    required: 1,
};

/// A parsed mode string.
#[derive(Clone, Copy, Default)]
struct Mode {
    create: bool,
    read: bool,
    write: bool,
    append: bool,
    update: bool,
    binary: bool,
    text: bool,
}

impl Mode {
    fn parse(thread: &Thread, mode: &str) -> PyResult<Mode> {
        let mut parsed = Mode::default();
        for letter in mode.chars() {
            let flag = match letter {
                'x' => &mut parsed.create,
                'r' => &mut parsed.read,
                'w' => &mut parsed.write,
                'a' => &mut parsed.append,
                '+' => &mut parsed.update,
                'b' => &mut parsed.binary,
                't' => &mut parsed.text,
                _ => return Err(invalid(thread, mode)),
            };
            if std::mem::replace(flag, true) {
                return Err(invalid(thread, mode));
            }
        }
        if parsed.text && parsed.binary {
            return Err(thread.value_error("can't have text and binary mode at once"));
        }
        let ways = [parsed.create, parsed.read, parsed.write, parsed.append];
        if !ways.contains(&true) {
            return Err(thread
                .value_error("Must have exactly one of create/read/write/append mode and at most one plus"));
        }
        if ways.iter().filter(|&&way| way).count() != 1 {
            return Err(thread.value_error("must have exactly one of create/read/write/append mode"));
        }
        Ok(parsed)
    }

    fn readable(self) -> bool {
        self.read || self.update
    }

    fn writable(self) -> bool {
        !self.read || self.update
    }

    fn options(self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.read(self.readable());
        match () {
            () if self.append => options.append(true).create(true),
            () if self.create => options.write(true).create_new(true),
            () if self.write => options.write(true).create(true).truncate(true),
            () => options.write(self.update),
        };
        options
    }

    /// The flags that an `opener` gets.
    fn flags(self) -> i32 {
        let access = match (self.readable(), self.writable()) {
            (true, true) => libc::O_RDWR,
            (false, true) => libc::O_WRONLY,
            _ => libc::O_RDONLY,
        };
        let way = match () {
            () if self.append => libc::O_APPEND | libc::O_CREAT,
            () if self.create => libc::O_EXCL | libc::O_CREAT,
            () if self.write => libc::O_CREAT | libc::O_TRUNC,
            () => 0,
        };
        access | way | libc::O_CLOEXEC
    }

    /// The type of the object for a buffered or unbuffered binary file, or for a text file.
    fn spec(self, buffered: bool) -> &'static TypeSpec {
        match (self.binary, buffered) {
            (false, _) => &TEXT,
            (true, false) => &RAW,
            (true, true) if self.update => &RANDOM,
            (true, true) if self.read => &READER,
            (true, true) => &WRITER,
        }
    }
}

fn invalid(thread: &Thread, mode: &str) -> dx_object::Raised {
    thread.value_error(format_args!("invalid mode: '{mode}'"))
}

/// A str argument or its default; None counts as not given.
fn string(thread: &Thread, value: Value, name: &str) -> PyResult<Option<String>> {
    let Some(value) = value.bound().filter(|value| !value.is_none()) else { return Ok(None) };
    match value.as_str() {
        Some(text) => Ok(Some(text.to_lossy().into_owned())),
        None => {
            let given = thread.type_of(value).name_str();
            Err(thread.type_error(format_args!("open() argument '{name}' must be str or None, not {given}")))
        }
    }
}

fn newline_of(thread: &Thread, newline: Option<&str>) -> PyResult<Newline> {
    Ok(match newline {
        None => Newline::Universal,
        Some("") => Newline::Any,
        Some("\n") => Newline::Line,
        Some("\r") => Newline::Return,
        Some("\r\n") => Newline::ReturnLine,
        Some(other) => {
            let shown = dx_object::types::str::methods::repr_text(other.as_bytes());
            return Err(thread.value_error(format_args!("illegal newline value: {shown}")));
        }
    })
}

/// The bytes of a path: str, bytes, or what `__fspath__` answers.
fn path_bytes(thread: &Thread, value: Value) -> PyResult<Vec<u8>> {
    let mut path = value;
    if path.as_str().is_none() && path.as_bytes().is_none() {
        match thread.call_special(value, thread.names().__fspath__, &[])? {
            Some(answer) => path = answer,
            None => {
                let given = thread.type_of(value).name_str();
                return Err(
                    thread.type_error(format_args!("expected str, bytes or os.PathLike object, not {given}"))
                );
            }
        }
    }
    let bytes = match path.as_str() {
        Some(name) => {
            let encoded = text::encode(thread, name, "utf-8", "surrogateescape")?;
            encoded.bytes_like().unwrap_or_default().to_vec()
        }
        None => path.bytes_like().unwrap_or_default().to_vec(),
    };
    if bytes.contains(&0) {
        return Err(thread.value_error("embedded null byte"));
    }
    Ok(bytes)
}

/// Opens what the first argument names; whether the descriptor is ours to close.
fn open_file(
    thread: &Thread,
    target: Value,
    mode: Mode,
    close: bool,
    opener: Option<Value>,
) -> PyResult<(File, bool)> {
    if let Some(descriptor) = target.as_int() {
        let descriptor = descriptor.to_i64().and_then(|fd| i32::try_from(fd).ok()).unwrap_or(-1);
        return Ok((adopt(thread, descriptor, target)?, close));
    }
    if !close {
        return Err(thread.value_error("Cannot use closefd=False with file name"));
    }
    if let Some(opener) = opener {
        let answer = thread.call(opener, &[target, Value::small(mode.flags().into())])?;
        let Some(descriptor) = answer.as_small() else {
            return Err(thread.type_error("expected integer from opener"));
        };
        if descriptor < 0 {
            return Err(thread.value_error(format_args!("opener returned {descriptor}")));
        }
        return Ok((adopt(thread, i32::try_from(descriptor).unwrap_or(-1), target)?, true));
    }
    let path = OsString::from_vec(path_bytes(thread, target)?);
    let opened = mode.options().open(&path).and_then(|file| {
        // Reading a folder is refused here, not at the first read.
        if file.metadata()?.is_dir() {
            Err(std::io::Error::from_raw_os_error(libc::EISDIR))
        } else {
            Ok(file)
        }
    });
    match opened {
        Ok(file) => Ok((file, true)),
        Err(error) => Err(thread.io_error(&error, Some(target))),
    }
}

/// The file of an open descriptor.
fn adopt(thread: &Thread, descriptor: i32, target: Value) -> PyResult<File> {
    // SAFETY: `fcntl` with F_GETFD only looks at the number.
    if descriptor < 0 || unsafe { libc::fcntl(descriptor, libc::F_GETFD) } < 0 {
        return Err(thread.io_error(&std::io::Error::from_raw_os_error(libc::EBADF), Some(target)));
    }
    // SAFETY: the descriptor is open; the caller says whether it is closed with the file.
    Ok(unsafe { File::from_raw_fd(descriptor) })
}

pub(super) fn open(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    let [target, mode, buffering, encoding, errors, newline, close, opener] = SIGNATURE.bind(thread, args)?;
    let mode_text = string(thread, mode, "mode")?.unwrap_or_else(|| "r".to_owned());
    let mode = Mode::parse(thread, &mode_text)?;
    let encoding = string(thread, encoding, "encoding")?;
    let errors = string(thread, errors, "errors")?;
    let newline = string(thread, newline, "newline")?;
    let buffering = match buffering.bound() {
        Some(buffering) => thread.index(buffering)?.as_small().unwrap_or(-1),
        None => -1,
    };
    if mode.binary {
        for (given, name) in [(&encoding, "an encoding"), (&errors, "an errors"), (&newline, "a newline")] {
            if given.is_some() {
                return Err(thread.value_error(format_args!("binary mode doesn't take {name} argument")));
            }
        }
    }
    if buffering == 0 && !mode.binary {
        return Err(thread.value_error("can't have unbuffered text I/O"));
    }
    let close = close.bound().map_or(Ok(true), |close| thread.truth(close))?;
    let opener = opener.bound().filter(|opener| !opener.is_none());
    let newline = newline_of(thread, newline.as_deref())?;
    if let Some(encoding) = &encoding
        && encoding != "locale"
    {
        // An unknown name is an error now, not at the first read.
        text::decode(thread, b"", encoding, "strict")?;
    }
    let (file, owned) = open_file(thread, target, mode, close, opener)?;
    let terminal = file.is_terminal();
    let mut state = FileState::new(file, owned, mode.readable(), mode.writable());
    state.text = !mode.binary;
    state.newline = newline;
    if let Some(encoding) = encoding.filter(|encoding| encoding != "locale") {
        state.encoding = encoding;
    }
    if let Some(errors) = errors {
        state.errors = errors;
    }
    state.line_buffering = !mode.binary && (buffering == 1 || terminal);
    state.unbuffered = buffering == 0;
    let shown = thread.str(&shown_mode(mode, &mode_text));
    file::make(thread, mode.spec(buffering != 0), Rc::new(RefCell::new(state)), target, shown)
}

/// What the attribute `mode` says: binary files show the mode of their raw file.
fn shown_mode(mode: Mode, text: &str) -> String {
    if !mode.binary {
        return text.to_owned();
    }
    let way = match () {
        () if mode.create => "xb",
        () if mode.append => "ab",
        () if mode.write && !mode.update => "wb",
        () => "rb",
    };
    if mode.update { format!("{way}+") } else { way.to_owned() }
}

/// `sys.stdin`, `sys.stdout` or `sys.stderr`; None when the descriptor is closed.
pub fn standard_stream(thread: &Thread, descriptor: i32) -> PyResult<Value> {
    // SAFETY: `fcntl` with F_GETFD only looks at the number.
    if unsafe { libc::fcntl(descriptor, libc::F_GETFD) } < 0 {
        return Ok(Value::NONE);
    }
    // SAFETY: the descriptor is open and stays so: the state does not own it.
    let file = unsafe { File::from_raw_fd(descriptor) };
    let terminal = file.is_terminal();
    let mut state = FileState::new(file, false, descriptor == 0, descriptor != 0);
    state.text = true;
    state.encoding = "utf-8".to_owned();
    state.newline = if descriptor == 0 { Newline::Universal } else { Newline::Line };
    state.errors = if descriptor == 2 { "backslashreplace" } else { "strict" }.to_owned();
    state.line_buffering = terminal || descriptor == 2;
    let (name, mode) = match descriptor {
        0 => ("<stdin>", "r"),
        1 => ("<stdout>", "w"),
        _ => ("<stderr>", "w"),
    };
    file::make(thread, &TEXT, Rc::new(RefCell::new(state)), thread.str(name), thread.str(mode))
}

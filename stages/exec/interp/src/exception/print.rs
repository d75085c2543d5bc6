//! An exception as CPython shows it: traceback, message, notes, chained exceptions, groups as a tree.

use dx_object::gc::Gc;
use dx_object::ids;
use dx_object::thread::Thread;
use dx_object::types::traceback::TracebackObject;
use dx_object::value::Value;

use super::{carets, group, object, or_none, source, suggest, syntax, traceback};
use crate::code::Code;
use crate::code::object::code_from_value;

const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";
/// Members of a group that are shown, and levels of groups.
const GROUP_WIDTH_MAX: usize = 15;
const GROUP_DEPTH_MAX: usize = 10;
/// A line that repeats more often than this is counted instead.
const REPEATED_MAX: usize = 3;

/// What `sys.excepthook` writes.
pub fn render(thread: &Thread, exception: Value) -> String {
    let mut printer = Printer { thread, out: String::new(), depth: 0, need_close: false, seen: Vec::new() };
    printer.exception(exception);
    printer.out
}

/// The lines of a traceback alone.
pub fn render_traceback(thread: &Thread, mut entry: Value) -> String {
    let mut entries = Vec::new();
    while let Some(object) = entry.downcast::<TracebackObject>() {
        if let Some(code) = code_from_value(object.code.get()) {
            entries.push((code, object.position.get().as_small().unwrap_or(0) as u32));
        }
        entry = or_none(object.next.get());
    }
    let _ = thread;
    stack(&entries)
}

struct Printer<'t> {
    thread: &'t Thread,
    out: String,
    /// Groups around what is printed.
    depth: usize,
    need_close: bool,
    /// Exceptions already shown, against cycles.
    seen: Vec<Value>,
}

impl Printer<'_> {
    fn indent(&self) -> String {
        " ".repeat(2 * self.depth)
    }

    fn emit(&mut self, text: &str, margin: char) {
        if self.depth == 0 {
            self.out.push_str(text);
            return;
        }
        let indent = format!("{}{margin} ", self.indent());
        for line in text.split_inclusive('\n') {
            self.out.push_str(&indent);
            self.out.push_str(line);
        }
    }

    fn exception(&mut self, exception: Value) {
        // From the one to be shown last back to the first; each keeps the next alive.
        let mut chain: Vec<(Value, &str)> = Vec::new();
        let mut at = exception;
        loop {
            self.seen.push(at);
            let Some(object) = object(at) else { break };
            let (cause, context) = (or_none(object.cause.get()), or_none(object.context.get()));
            let unseen = |value: &Value| !value.is_none() && !self.seen.contains(value);
            if unseen(&cause) {
                chain.push((at, CAUSE));
                at = cause;
            } else if cause.is_none() && !object.suppress_context.get() && unseen(&context) {
                chain.push((at, CONTEXT));
                at = context;
            } else {
                chain.push((at, ""));
                break;
            }
        }
        for (value, message) in chain.into_iter().rev() {
            if !message.is_empty() {
                self.emit(message, '|');
            }
            self.one(value);
        }
    }

    fn one(&mut self, exception: Value) {
        let Some(members) = group::members(self.thread, exception) else {
            self.body(exception, "Traceback (most recent call last):\n", '|');
            return;
        };
        if self.depth > GROUP_DEPTH_MAX {
            self.emit(&format!("... (max_group_depth is {GROUP_DEPTH_MAX})\n"), '|');
            return;
        }
        let outermost = self.depth == 0;
        if outermost {
            self.depth += 1;
        }
        let margin = if outermost { '+' } else { '|' };
        self.body(exception, "Exception Group Traceback (most recent call last):\n", margin);
        let count = members.len();
        let shown = if count <= GROUP_WIDTH_MAX { count } else { GROUP_WIDTH_MAX + 1 };
        self.need_close = false;
        for index in 0..shown {
            let last = index + 1 == shown;
            if last {
                self.need_close = true;
            }
            let truncated = index >= GROUP_WIDTH_MAX;
            let title = if truncated { "...".to_owned() } else { (index + 1).to_string() };
            let corner = if index == 0 { "+-" } else { "  " };
            self.out
                .push_str(&format!("{}{corner}+---------------- {title} ----------------\n", self.indent()));
            self.depth += 1;
            if truncated {
                let rest = count - GROUP_WIDTH_MAX;
                let plural = if rest > 1 { "s" } else { "" };
                self.emit(&format!("and {rest} more exception{plural}\n"), '|');
            } else {
                self.exception(members[index]);
            }
            if last && self.need_close {
                self.out.push_str(&format!("{}+------------------------------------\n", self.indent()));
                self.need_close = false;
            }
            self.depth -= 1;
        }
        if outermost {
            self.depth = 0;
        }
    }

    fn body(&mut self, exception: Value, title: &str, margin: char) {
        let entries = entries(exception);
        if !entries.is_empty() {
            self.emit(title, margin);
            let stack = stack(&entries);
            self.emit(&stack, '|');
        }
        let text = only(self.thread, exception);
        self.emit(&text, '|');
    }
}

/// Code and offset of each entry of an exception's traceback, outermost first.
fn entries(exception: Value) -> Vec<(&'static Code, u32)> {
    let mut entries = Vec::new();
    let mut at: Option<Gc<TracebackObject>> = traceback(exception).downcast();
    while let Some(entry) = at {
        if let Some(code) = code_from_value(entry.code.get()) {
            entries.push((code, entry.position.get().as_small().unwrap_or(0) as u32));
        }
        at = or_none(entry.next.get()).downcast();
    }
    entries
}

fn stack(entries: &[(&'static Code, u32)]) -> String {
    let mut out = String::new();
    let mut last: Option<(String, u32, String)> = None;
    let mut count = 0;
    let repeated = |count: usize, out: &mut String| {
        if count > REPEATED_MAX {
            let more = count - REPEATED_MAX;
            let plural = if more > 1 { "s" } else { "" };
            out.push_str(&format!("  [Previous line repeated {more} more time{plural}]\n"));
        }
    };
    for &(code, offset) in entries {
        let line = source::line(code, offset);
        let key = (code.fragment().module().input.path.clone(), line, crate::text(code.name));
        if last.as_ref() != Some(&key) {
            repeated(count, &mut out);
            last = Some(key);
            count = 0;
        }
        count += 1;
        if count <= REPEATED_MAX {
            entry(code, offset, &mut out);
        }
    }
    repeated(count, &mut out);
    out
}

/// `File`, line and name, then the source with markers.
fn entry(code: &Code, offset: u32, out: &mut String) {
    let place = source::place(code, offset);
    let line = place.as_ref().map_or_else(|| source::first_line(code), |place| place.line);
    let path = &code.fragment().module().input.path;
    out.push_str(&format!("  File \"{path}\", line {line}, in {}\n", crate::text(code.name)));
    let Some(place) = place else { return };
    let Some(lines) = source::lines(code, place.line, place.end_line) else { return };
    if lines.len() as u32 != place.end_line - place.line + 1
        || lines.iter().all(|line| line.trim().is_empty())
    {
        return;
    }
    for line in carets::render(&lines, &place).split_inclusive('\n') {
        out.push_str("    ");
        out.push_str(line);
    }
}

/// `package.Class`, without the module for builtins and `__main__`.
pub fn class_name(thread: &Thread, class: Value) -> String {
    let text = |name: Value| match thread.get_attr(class, name) {
        Ok(value) => value.as_str().map(|_| crate::text(value)),
        Err(_) => {
            thread.take_exception();
            None
        }
    };
    let qualname = text(thread.names().__qualname__).unwrap_or_else(|| "<unknown>".into());
    match text(thread.names().__module__) {
        Some(module) if module == "builtins" || module == "__main__" => qualname,
        Some(module) => format!("{module}.{qualname}"),
        None => format!("<unknown>.{qualname}"),
    }
}

/// The exception without its traceback: message and notes.
pub fn only(thread: &Thread, exception: Value) -> String {
    let class = class_name(thread, thread.type_of(exception).value());
    let mut out = if thread.type_of(exception).is_subtype(thread.builtin_type(ids::SYNTAX_ERROR)) {
        syntax::render(thread, exception, &class)
    } else {
        let mut text = match thread.to_str(exception) {
            Ok(text) => crate::text(text),
            Err(_) => {
                thread.take_exception();
                "<exception str() failed>".into()
            }
        };
        text.push_str(&suggestion(thread, exception));
        if text.is_empty() { format!("{class}\n") } else { format!("{class}: {text}\n") }
    };
    let notes = thread.get_attr(exception, thread.names().__notes__);
    match notes {
        Ok(notes) => {
            match notes.as_list().as_ref().map(|list| list.items()).or_else(|| notes.tuple_items()) {
                Some(items) => {
                    for &note in items {
                        let text = safe(thread, note, "note", Thread::to_str);
                        text.split('\n').for_each(|line| {
                            out.push_str(line);
                            out.push('\n');
                        });
                    }
                }
                None if notes.is_none() => {}
                None => {
                    out.push_str(&safe(thread, notes, "__notes__", Thread::repr));
                    out.push('\n');
                }
            }
        }
        Err(_) => {
            thread.take_exception();
        }
    }
    out
}

fn safe(
    thread: &Thread,
    value: Value,
    what: &str,
    text: fn(&Thread, Value) -> dx_object::error::PyResult<Value>,
) -> String {
    match text(thread, value) {
        Ok(text) => crate::text(text),
        Err(_) => {
            thread.take_exception();
            format!("<{what} str() failed>")
        }
    }
}

/// ". Did you mean: 'x'?" for names and attributes.
fn suggestion(thread: &Thread, exception: Value) -> String {
    let class = thread.type_of(exception);
    let is = |id| class.is_subtype(thread.builtin_type(id));
    let Some(object) = object(exception) else { return String::new() };
    let attribute = |name: &str| match thread.get_attr(exception, thread.intern(name)) {
        Ok(value) => or_none(value),
        Err(_) => {
            thread.take_exception();
            Value::NONE
        }
    };
    let _ = object;
    let (wrong, candidates, is_name) = if is(ids::NAME_ERROR) {
        (attribute("name"), visible_names(thread, exception), true)
    } else if is(ids::ATTRIBUTE_ERROR) {
        (attribute("name"), directory(thread, attribute("obj")), false)
    } else if is(ids::IMPORT_ERROR) {
        let module = attribute("name");
        let modules = thread.modules.get().as_dict();
        let loaded = modules.and_then(|modules| modules.get(thread, module).ok().flatten());
        (attribute("name_from"), loaded.map_or(Vec::new(), |module| directory(thread, module)), false)
    } else {
        return String::new();
    };
    if wrong.as_str().is_none() {
        return String::new();
    }
    let wrong = crate::text(wrong);
    let visible = candidates
        .iter()
        .map(String::as_str)
        .filter(|name| is_name || wrong.starts_with('_') || !name.starts_with('_'));
    let close = suggest::closest(&wrong, visible);
    let forgotten = is_name && FORGETTABLE.contains(&wrong.as_str());
    match (close, forgotten) {
        (Some(close), true) => {
            format!(". Did you mean: '{close}'? Or did you forget to import '{wrong}'?")
        }
        (Some(close), false) => format!(". Did you mean: '{close}'?"),
        (None, true) => format!(". Did you forget to import '{wrong}'?"),
        (None, false) => String::new(),
    }
}

/// Modules of the standard library whose names programs use without importing them.
const FORGETTABLE: &[&str] = &[
    "abc",
    "argparse",
    "array",
    "ast",
    "asyncio",
    "base64",
    "bisect",
    "builtins",
    "calendar",
    "cmath",
    "codecs",
    "collections",
    "configparser",
    "contextlib",
    "copy",
    "csv",
    "ctypes",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "dis",
    "email",
    "enum",
    "errno",
    "fnmatch",
    "fractions",
    "functools",
    "gc",
    "getpass",
    "glob",
    "gzip",
    "hashlib",
    "heapq",
    "hmac",
    "html",
    "http",
    "importlib",
    "inspect",
    "io",
    "ipaddress",
    "itertools",
    "json",
    "keyword",
    "locale",
    "logging",
    "marshal",
    "math",
    "mimetypes",
    "multiprocessing",
    "numbers",
    "operator",
    "os",
    "pathlib",
    "pickle",
    "platform",
    "pprint",
    "queue",
    "random",
    "re",
    "secrets",
    "select",
    "shelve",
    "shlex",
    "shutil",
    "signal",
    "socket",
    "sqlite3",
    "ssl",
    "stat",
    "statistics",
    "string",
    "struct",
    "subprocess",
    "sys",
    "tempfile",
    "textwrap",
    "threading",
    "time",
    "timeit",
    "token",
    "tokenize",
    "traceback",
    "types",
    "typing",
    "unittest",
    "urllib",
    "uuid",
    "warnings",
    "weakref",
    "xml",
    "zipfile",
    "zlib",
];

/// Names that the raising frame could see.
fn visible_names(thread: &Thread, exception: Value) -> Vec<String> {
    let mut at: Option<Gc<TracebackObject>> = traceback(exception).downcast();
    let mut last = None;
    while let Some(entry) = at {
        last = Some(entry);
        at = or_none(entry.next.get()).downcast();
    }
    let mut names = Vec::new();
    let Some(entry) = last else { return names };
    if let Some(code) = code_from_value(entry.code.get()) {
        names.extend(
            code.register_names.iter().filter(|name| !name.is_unbound()).map(|name| crate::text(*name)),
        );
    }
    let function: Option<Gc<dx_object::types::function::FunctionObject>> = entry.frame.get().downcast();
    let dicts = [function.map(|function| function.globals.get()), Some(thread.builtins.get())];
    for dict in dicts.into_iter().flatten().filter_map(Value::as_dict) {
        names.extend(
            dict.iter().filter(|entry| entry.key.as_str().is_some()).map(|entry| crate::text(entry.key)),
        );
    }
    names
}

fn directory(thread: &Thread, object: Value) -> Vec<String> {
    let dir = thread.get_attr(object, thread.names().__dir__).and_then(|method| thread.call(method, &[]));
    let Ok(names) = dir else {
        thread.take_exception();
        return Vec::new();
    };
    let mut out = Vec::new();
    let walked = thread.for_each(names, |name| {
        if name.as_str().is_some() {
            out.push(crate::text(name));
        }
        Ok(())
    });
    if walked.is_err() {
        thread.take_exception();
    }
    out.sort();
    out
}

//! SyntaxError: the place, the line with a marker, the message.

use dx_object::thread::Thread;
use dx_object::value::Value;

/// File and line, source and marker, `SyntaxError: message`.
pub fn render(thread: &Thread, exception: Value, class: &str) -> String {
    let attribute = |name: &str| match thread.get_attr(exception, thread.intern(name)) {
        Ok(value) if !value.is_unbound() => value,
        Ok(_) => Value::NONE,
        Err(_) => {
            thread.take_exception();
            Value::NONE
        }
    };
    let int = |name: &str| attribute(name).as_small();
    let text_of =
        |name: &str| Some(attribute(name)).filter(|value| value.as_str().is_some()).map(crate::text);
    let mut out = String::new();
    let mut suffix = String::new();
    let (line, file) = (int("lineno"), text_of("filename"));
    match (line, &file) {
        (Some(line), _) => {
            out.push_str(&format!("  File \"{}\", line {line}\n", file.as_deref().unwrap_or("<string>")));
        }
        (None, Some(file)) => suffix = format!(" ({file})"),
        (None, None) => {}
    }
    if let Some(text) = text_of("text") {
        let end = if line == int("end_lineno") { int("end_offset") } else { None };
        excerpt(&text, int("offset"), end, line != int("end_lineno"), &mut out);
    }
    let message = match attribute("msg") {
        none if none.is_none() => "None".to_owned(),
        value if value.as_str().is_some() && crate::text(value).is_empty() => {
            "<no detail available>".to_owned()
        }
        value => match thread.to_str(value) {
            Ok(text) => crate::text(text),
            Err(_) => {
                thread.take_exception();
                "<no detail available>".to_owned()
            }
        },
    };
    out.push_str(&format!("{class}: {message}{suffix}\n"));
    out
}

fn excerpt(text: &str, offset: Option<i64>, end: Option<i64>, to_end: bool, out: &mut String) {
    let right: Vec<char> = text.trim_end_matches('\n').chars().collect();
    let spaces = right.iter().take_while(|c| matches!(c, ' ' | '\n' | '\x0c')).count();
    let shown: String = right[spaces..].iter().collect();
    out.push_str(&format!("    {shown}\n"));
    let Some(mut offset) = offset else { return };
    let (len, whole) = (right.len() as i64, text.chars().count() as i64);
    let mut end = if to_end { len + 1 } else { end.filter(|end| *end != 0).unwrap_or(offset) };
    if offset > whole {
        offset = len + 1;
    }
    if end > whole {
        end = len + 1;
    }
    if offset >= end || end < 0 {
        end = offset + 1;
    }
    let from = offset - 1 - spaces as i64;
    let to = end - 1 - spaces as i64;
    if from < 0 {
        return;
    }
    out.push_str("    ");
    for index in 0..from as usize {
        let c = right.get(spaces + index).copied().unwrap_or(' ');
        out.push(if c.is_whitespace() { c } else { ' ' });
    }
    (from..to).for_each(|_| out.push('^'));
    out.push('\n');
}

//! Prints the errors of many small sources: `snippets FILE`, where FILE holds for each its length in decimal, a
//! newline, and its bytes; with a further argument, its warnings. One line a source: its errors, separated by tabs, each as `exception|line|col|message`.

use dx_parse::{Options, parse};

fn main() {
    let bytes = std::fs::read(std::env::args().nth(1).unwrap_or_default()).unwrap_or_default();
    let warnings = std::env::args().nth(2).is_some();
    let mut rest = &bytes[..];
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        let Ok(Ok(len)) = std::str::from_utf8(&rest[..at]).map(str::parse::<usize>) else { break };
        let source = &rest[at + 1..at + 1 + len];
        rest = &rest[at + 1 + len..];
        let errors: Vec<String> = parse(source, Options::default())
            .diagnostics
            .iter()
            .filter(|found| found.is_error() != warnings)
            .map(|found| {
                let message = found.message.replace(['\n', '\t'], " ");
                format!("{}|{}|{}|{message}", found.exception, found.line, found.col)
            })
            .collect();
        println!("{}", errors.join("\t"));
    }
}

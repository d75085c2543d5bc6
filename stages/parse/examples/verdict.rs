//! Prints, for each file named in LIST (one a line), whether it is accepted, and the first error.
//!
//! `verdict LIST`; the last line on standard error gives the speed.

use std::io::Write;
use std::time::{Duration, Instant};

use dx_parse::{Options, parse};

fn main() {
    let list = std::env::args().nth(1).unwrap_or_default();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut bytes_total, mut spent, mut parse_only) = (0, Duration::ZERO, Duration::ZERO);
    for path in std::fs::read_to_string(list).unwrap_or_default().lines() {
        let Ok(bytes) = std::fs::read(path) else { continue };
        let start = Instant::now();
        let parsed = parse(&bytes, Options::default());
        let parsed_at = start.elapsed();
        parse_only += parsed_at;
        let artifact = parsed.to_artifact();
        spent += start.elapsed();
        bytes_total += bytes.len();
        std::hint::black_box(artifact);
        let _ = match parsed.diagnostics.iter().find(|found| found.is_error()) {
            None => writeln!(out, "{path} ok"),
            Some(found) => {
                writeln!(
                    out,
                    "{path}\tbad\t{}\t{}\t{}\t{}",
                    found.exception, found.line, found.col, found.message
                )
            }
        };
    }
    let rate = bytes_total as f64 / 1e6 / spent.as_secs_f64();
    eprintln!("{:.1} MB/s without artifacts", bytes_total as f64 / 1e6 / parse_only.as_secs_f64());
    eprintln!("{bytes_total} bytes in {:.3} s: {rate:.1} MB/s with artifacts", spent.as_secs_f64());
}

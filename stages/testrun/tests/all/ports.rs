//! Suites that listen on a port of their choice: no two workers can, and under plain pytest nobody notices.

use std::net::TcpListener;

use super::support::Project;

/// A server in a thread, and who waits for it until it is there: for ever, if it cannot start.
const CONFTEST: &str = r#"
import http.server, threading, time, pytest

@pytest.fixture(scope="session")
def server():
    started = []
    def serve():
        with http.server.HTTPServer(("127.0.0.1", PORT), http.server.BaseHTTPRequestHandler) as server:
            started.append(server)
            server.serve_forever(0.01)
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    while not started:
        time.sleep(0.001)
    yield started[0]
    started[0].shutdown()
    thread.join()
"#;
const TESTS: &str = "import pytest, time\n\
    @pytest.mark.parametrize('n', range(4))\n\
    def test_server(server, n):\n    time.sleep(0.06)\n    assert server.server_port and n != 3\n\
    def test_without(): time.sleep(0.05)\n";

#[test]
fn one_worker_has_a_port() {
    // Ports that nobody chose: those from which the system chooses are above.
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let first = 20_000 + (std::process::id() % 8_000) as u16;
    let port = (first..first + 500).find(free).unwrap();
    let files = ["test_a.py", "test_b.py", "test_c.py", "sub/test_d.py"].map(|name| (name, TESTS));
    let project = Project::new(&files);
    project.write("conftest.py", &CONFTEST.replace("PORT", &port.to_string()));
    let (expected, status) = project.pytest(&[]);
    assert_eq!((expected.len(), status), (20, 1));
    for workers in ["2", "3"] {
        let ran = project.run(&["--no-warm", "-n", workers, "--run-timeout", "60"]);
        assert_eq!((&ran.outcomes, ran.status), (&expected, 1), "{}\n{}", ran.stdout, ran.stderr);
        let told = ran.stdout.matches(&format!("wanted port {port}")).count();
        assert_eq!(told, 1, "{}", ran.stdout);
    }
    project.expect_no_leftovers();
    let ran = project.run(&["--no-warm"]);
    assert_eq!((&ran.outcomes, ran.status), (&expected, 1), "{}", ran.stdout);
    let header = format!("one since tests listen on port {port}");
    assert!(ran.stdout.contains(&header) && !ran.stdout.contains("wanted port"), "{}", ran.stdout);
}

/// Ports that the system chooses are everybody's, as are those that only processes which tests start listen on.
#[test]
fn ports_that_nobody_chose_keep_no_worker() {
    let text = "import socket, time, pytest\n\
        @pytest.mark.parametrize('n', range(100))\n\
        def test_free(n):\n\
        \x20   with socket.socket() as one:\n        one.bind(('127.0.0.1', 0))\n        port = one.getsockname()[1]\n\
        \x20   with socket.socket() as two:\n        two.bind(('127.0.0.1', port))\n        two.listen()\n";
    let project = Project::new(&[("test_a.py", text), ("test_b.py", text)]);
    let (expected, _) = project.pytest(&[]);
    let ran = project.run(&["--no-warm", "-n", "2"]);
    assert_eq!((&ran.outcomes, ran.status), (&expected, 0), "{}\n{}", ran.stdout, ran.stderr);
    assert!(!ran.stdout.contains("port"), "{}", ran.stdout);
}

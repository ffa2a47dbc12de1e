//! moto as the account 111122223333.

use super::environment;
use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// A server that runs, and the Python that it came with.
pub(crate) struct Moto {
    child: Child,
    pub(crate) url: String,
    python: PathBuf,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Moto {
    pub(crate) fn start(env: &[(&str, &str)]) -> Self {
        let python = environment::python();
        let address: SocketAddr = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let child = Command::new(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p"])
            .arg(address.port().to_string())
            .env("MOTO_ACCOUNT_ID", "111122223333")
            .envs(env.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "moto does not start"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Self {
            child,
            url: format!("http://{address}"),
            python,
        }
    }

    /// Runs Python with boto3.
    pub(crate) fn boto(&self, script: &str, env: &[(&str, &str)]) {
        let prelude = "import boto3, json\n\
            def client(name):\n    return boto3.client(name, region_name='us-east-1')\n";
        environment::run(
            Command::new(&self.python)
                .args(["-c", &format!("{prelude}{script}")])
                .env("AWS_ENDPOINT_URL", &self.url)
                .env("AWS_ACCESS_KEY_ID", "test")
                .env("AWS_SECRET_ACCESS_KEY", "test")
                .envs(env.iter().copied()),
        );
    }
}

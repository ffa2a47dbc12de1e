//! The real binary as a child process.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// A running provider; dropping this kills it.
pub(crate) struct Provider {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) child: Child,
}

impl Provider {
    /// Starts it with the simulated services at `url`, and waits for its socket.
    pub(crate) async fn start(url: &str, flags: &[&str], env: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self::start_in(directory, url, flags, env).await
    }

    /// The same, in an existing directory.
    pub(crate) async fn start_in(
        directory: tempfile::TempDir,
        url: &str,
        flags: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        Self::start_under(&[], directory, url, flags, env).await
    }

    /// The same, by a command that executes the program; a variable with an empty value is removed.
    pub(crate) async fn start_under(
        wrapper: &[&str],
        directory: tempfile::TempDir,
        url: &str,
        flags: &[&str],
        env: &[(&str, &str)],
    ) -> Self {
        let kubeconfig = directory.path().join("kubeconfig");
        fs::write(&kubeconfig, kubeconfig_text(url)).unwrap();
        let log = File::create(directory.path().join("log")).unwrap();
        let program = env!("CARGO_BIN_EXE_secrets-store-csi-driver-provider-aws");
        let words: Vec<_> = wrapper.iter().copied().chain([program]).collect();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .arg(format!("--provider-volume={}", directory.path().display()))
            .arg(format!("--pod-identity-agent-url={url}/agent"))
            .args(["--log-format=json", "--log-level=trace"])
            // Volumes of tests are plain directories, except those of `disk`.
            .arg("--allow-unmounted-target")
            .args(flags)
            .env_clear()
            .env("AWS_ENDPOINT_URL", format!("{url}/aws"))
            .env("AWS_ENDPOINT_URL_STS", format!("{url}/sts"))
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("KUBECONFIG", &kubeconfig)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        for (name, value) in env {
            match *value {
                "" => command.env_remove(name),
                value => command.env(name, value),
            };
        }
        let mut child = command.spawn().unwrap();
        let socket = directory.path().join("aws.sock");
        let start = Instant::now();
        while tokio::net::UnixStream::connect(&socket).await.is_err() {
            if let Some(status) = child.try_wait().unwrap() {
                let log = fs::read_to_string(directory.path().join("log")).unwrap();
                panic!("the provider ended with {status}: {log}");
            }
            assert!(start.elapsed() < Duration::from_mins(1), "no socket");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Self { directory, child }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("aws.sock")
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap()
    }

    /// A directory to mount at.
    pub(crate) fn target(&self, name: &str) -> PathBuf {
        let target = self.directory.path().join("pods").join(name);
        fs::create_dir_all(&target).unwrap();
        target
    }

    pub(crate) fn terminate(&self) {
        let done = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(done.success());
    }

    pub(crate) async fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "the provider does not end"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A kubeconfig for the simulated Kubernetes API.
pub(crate) fn kubeconfig_text(url: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\nclusters: [{{name: c, cluster: {{server: \"{url}/k8s\"}}}}]\nusers: [{{name: u, user: {{}}}}]\n"
    )
}

/// The files of a mount as a container sees them: content by path, without the provider's own entries.
pub(crate) fn files(target: &Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, directory: &Path, out: &mut std::collections::BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(directory).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if name == "..data" || name.starts_with("..ascp-provider-") {
                continue;
            }
            let path = entry.path();
            if path.is_dir() {
                walk(root, &path, out);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                out.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut out = std::collections::BTreeMap::new();
    if target.exists() {
        walk(target, target, &mut out);
    }
    out
}

/// A plain HTTP GET.
pub(crate) async fn get(address: std::net::SocketAddr, path: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let start = Instant::now();
    // The admin port opens later than the socket.
    let mut stream = loop {
        match tokio::net::TcpStream::connect(address).await {
            Ok(stream) => break stream,
            Err(error) => assert!(start.elapsed() < Duration::from_mins(1), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

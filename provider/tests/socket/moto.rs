//! The provider against moto as Secrets Manager, SSM, KMS and STS.
//!
//! moto runs in a virtual environment below the target directory, made from pinned and hashed packages.

use super::{
    driver::{attributes, connect, mount, request},
    environment::{self, run},
    process::{Provider, files},
    stand_in::StandIn,
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const LONG: Duration = Duration::from_mins(1);

/// A running server, and its Python.
pub(crate) struct Moto {
    child: Child,
    pub(crate) url: String,
    pub(crate) address: String,
    python: PathBuf,
    bundle: Option<PathBuf>,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Python of the environment; the first use creates it.
async fn python() -> PathBuf {
    tokio::task::spawn_blocking(environment::python)
        .await
        .unwrap()
}

/// Creates a certificate for loopback and `aws.test`, and its issuer.
const CERTIFICATES: &str = r"
import sys, datetime, ipaddress
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
day = datetime.datetime.now(datetime.timezone.utc)
def make(name, issuer, signer, authority):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    names = [x509.DNSName('aws.test'), x509.IPAddress(ipaddress.ip_address('127.0.0.1'))]
    built = (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(day - datetime.timedelta(days=1)).not_valid_after(day + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True))
    if not authority:
        built = built.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return key, built.sign(signer or key, hashes.SHA256()), subject
root_key, root, root_name = make('root', None, None, True)
key, certificate, _ = make('aws.test', root_name, root_key, False)
pem = serialization.Encoding.PEM
write = lambda name, data: open(sys.argv[1] + '/' + name, 'wb').write(data)
write('ca.pem', root.public_bytes(pem))
write('server.pem', certificate.public_bytes(pem))
write('server.key', key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
";

impl Moto {
    pub(crate) async fn start() -> Self {
        let python = python().await;
        Self::serve(python, "http", &[], None).await
    }

    /// The same over TLS; `ca.pem` in the directory is the issuer.
    pub(crate) async fn start_with_tls(directory: &Path) -> Self {
        let python = python().await;
        run(Command::new(&python)
            .args(["-c", CERTIFICATES])
            .arg(directory));
        let [certificate, key] =
            ["server.pem", "server.key"].map(|name| directory.join(name).display().to_string());
        let flags = ["-c", certificate.as_str(), "-k", key.as_str()];
        Self::serve(python, "https", &flags, Some(directory.join("ca.pem"))).await
    }

    async fn serve(python: PathBuf, scheme: &str, flags: &[&str], bundle: Option<PathBuf>) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let child = Command::new(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p"])
            .arg(address.port().to_string())
            .args(flags)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Self {
            child,
            url: format!("{scheme}://{address}"),
            address: address.to_string(),
            python,
            bundle,
        };
        let start = Instant::now();
        while tokio::net::TcpStream::connect(address).await.is_err() {
            assert!(start.elapsed() < LONG, "moto does not start");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        moto
    }

    /// Runs Python with boto3 clients of both regions; its output is JSON.
    pub(crate) fn boto(&self, script: &str) -> Value {
        let prelude = "import boto3, json\n\
            def client(name, region='us-west-2'):\n    return boto3.client(name, region_name=region)\n";
        let mut python = Command::new(&self.python);
        if let Some(bundle) = &self.bundle {
            python.env("AWS_CA_BUNDLE", bundle);
        }
        let output = python
            .args(["-c", &format!("{prelude}{script}")])
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pod_identity_and_irsa_mount_secrets_and_parameters_of_moto() {
    let moto = Moto::start().await;
    let made = moto.boto(
        "key = client('kms').create_key()['KeyMetadata']['KeyId']\n\
         sm, ssm = client('secretsmanager'), client('ssm')\n\
         one = sm.create_secret(Name='dev/db', SecretString='{\"user\":\"u\",\"pass\":\"p\"}', KmsKeyId=key)\n\
         sm.create_secret(Name='bin', SecretBinary=b'\\x00\\x01')\n\
         ssm.put_parameter(Name='/app/url', Value='first', Type='String')\n\
         ssm.put_parameter(Name='/app/url', Value='second', Type='String', Overwrite=True)\n\
         ssm.label_parameter_version(Name='/app/url', ParameterVersion=1, Labels=['prod'])\n\
         ssm.put_parameter(Name='/app/key', Value='enc', Type='SecureString', KeyId=key)\n\
         client('secretsmanager', 'us-east-1').create_secret(Name='away', SecretString='other region')\n\
         print(json.dumps(one))",
    );
    let stand_in = StandIn::start().await;
    let account = json!({"metadata": {"name": "app", "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/app"}}});
    stand_in.world.kubernetes.lock().unwrap().insert(
        "/api/v1/namespaces/qa/serviceaccounts/app".to_owned(),
        account,
    );
    let env = [
        ("AWS_ENDPOINT_URL", moto.url.as_str()),
        ("AWS_ENDPOINT_URL_STS", moto.url.as_str()),
    ];
    let provider = Provider::start(&stand_in.url, &[], &env).await;
    let mut client = connect(provider.socket()).await;
    let objects = json!([
        {"objectName": "dev/db", "objectType": "secretsmanager", "objectAlias": "db",
         "jmesPath": [{"path": "user", "objectAlias": "db-user", "filePermission": "0400"}]},
        {"objectName": made["ARN"], "objectAlias": "by-arn"},
        {"objectName": "bin", "objectType": "secretsmanager"},
        {"objectName": "/app/url", "objectType": "ssmparameter", "objectAlias": "newest"},
        {"objectName": "/app/url", "objectType": "ssmparameter", "objectVersionLabel": "prod", "objectAlias": "labelled"},
        {"objectName": "/app/url", "objectType": "ssmparameter", "objectVersion": "1", "objectAlias": "numbered"},
        {"objectName": "/app/key", "objectType": "ssmparameter"},
    ]);
    for identity in ["true", "false"] {
        let target = provider.target(identity);
        let mut attributes = attributes(&objects.to_string());
        attributes["usePodIdentity"] = json!(identity);
        let answer = mount(&mut client, request(&attributes, &target), LONG)
            .await
            .unwrap();
        let now = files(&target);
        let text = |name: &str| String::from_utf8(now[name].clone()).unwrap();
        assert_eq!(text("db"), r#"{"user":"u","pass":"p"}"#);
        assert_eq!(text("db-user"), "u");
        assert_eq!(text("by-arn"), text("db"));
        assert_eq!(now["bin"], [0, 1]);
        assert_eq!(text("newest"), "second");
        assert_eq!(text("labelled"), "first");
        assert_eq!(text("numbered"), "first");
        assert_eq!(text("_app_key"), "enc");
        assert_eq!(now.len(), 8);
        let version = |id: &str| {
            answer
                .object_version
                .iter()
                .find(|object| object.id == id)
                .unwrap()
                .version
                .clone()
        };
        assert_eq!(json!(version("db")), made["VersionId"]);
        assert_eq!(version("newest"), "2");
        assert_eq!(version("labelled"), "1");
    }
    // The error contains the message of moto, and the other region does not replace a fatal failure.
    let target = provider.target("missing");
    let missing = json!([{"objectName": "nope", "objectType": "secretsmanager"}]);
    let error = mount(
        &mut client,
        request(&attributes(&missing.to_string()), &target),
        LONG,
    )
    .await
    .unwrap_err();
    assert_eq!(error.code(), tonic::Code::NotFound);
    assert!(
        error
            .message()
            .starts_with("us-west-2: Failed fetching secret nope: "),
        "{}",
        error.message()
    );
    // Rotation.
    moto.boto("client('secretsmanager').put_secret_value(SecretId='dev/db', SecretString='{\"user\":\"n\"}')");
    let target = provider.target("true");
    let rotated = json!([{"objectName": "dev/db", "objectType": "secretsmanager", "objectAlias": "db", "jmesPath": [{"path": "user", "objectAlias": "db-user"}]}]);
    mount(
        &mut client,
        request(&attributes(&rotated.to_string()), &target),
        LONG,
    )
    .await
    .unwrap();
    assert_eq!(files(&target)["db-user"], b"n");
}

//! The plain manifest has the names of upstream and fulfils the restricted profile; so does the rendered chart, on machines with
//! `helm`.

#![expect(
    clippy::unwrap_used,
    reason = "a helper that cannot go on fails its test"
)]

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::Path,
    process::Command,
};

/// Every scalar of every document by its path: `DaemonSet/spec.template.spec.containers.0.image`.
fn facts(text: &str) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::new();
    let mut document: Vec<(String, String)> = Vec::new();
    let mut open: Vec<(bool, usize, Option<String>)> = Vec::new();
    let path = |open: &[(bool, usize, Option<String>)]| {
        let steps = open.iter().map(|(map, at, key)| match (map, key) {
            (true, Some(key)) => key.clone(),
            _ => at.to_string(),
        });
        steps.collect::<Vec<_>>().join(".")
    };
    let advance = |open: &mut Vec<(bool, usize, Option<String>)>| {
        if let Some((_, at, key)) = open.last_mut() {
            *at += 1;
            *key = None;
        }
    };
    for event in Parser::new_from_str(text) {
        match event.unwrap().0 {
            Event::SequenceStart(..) => open.push((false, 0, None)),
            Event::MappingStart(..) => open.push((true, 0, None)),
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
                advance(&mut open);
            }
            Event::Scalar(value, style, ..) => {
                let key = matches!(open.last(), Some((true, _, None)));
                if key {
                    open.last_mut().unwrap().2 = Some(value.into_owned());
                    continue;
                }
                let quoted = if style == ScalarStyle::Plain {
                    ""
                } else {
                    "\""
                };
                document.push((path(&open), format!("{quoted}{value}{quoted}")));
                advance(&mut open);
            }
            Event::DocumentEnd => {
                let kind = document
                    .iter()
                    .find(|(path, _)| path == "kind")
                    .map(|(_, kind)| kind.clone());
                for (path, value) in document.drain(..) {
                    facts.insert(
                        format!("{}/{path}", kind.as_deref().unwrap_or_default()),
                        value,
                    );
                }
            }
            _ => {}
        }
    }
    facts
}

/// Checks the DaemonSet and its RBAC.
fn check(facts: &BTreeMap<String, String>) {
    let container = "DaemonSet/spec.template.spec.containers.0";
    let get = |path: &str| facts.get(path).map_or("", |value| value.trim_matches('"'));
    assert_eq!(get(&format!("{container}.name")), "provider-aws-installer");
    for (path, value) in [
        ("securityContext.allowPrivilegeEscalation", "false"),
        ("securityContext.privileged", "false"),
        ("securityContext.readOnlyRootFilesystem", "true"),
        ("securityContext.capabilities.drop.0", "ALL"),
        ("securityContext.seccompProfile.type", "RuntimeDefault"),
        ("volumeMounts.1.mountPropagation", "HostToContainer"),
        ("volumeMounts.1.mountPath", "/var/lib/kubelet/pods"),
        ("livenessProbe.exec.command.1", "--health-check"),
        ("readinessProbe.exec.command.1", "--ready-check"),
    ] {
        assert_eq!(get(&format!("{container}.{path}")), value, "{path}");
    }
    let label = get("DaemonSet/spec.selector.matchLabels.app");
    assert_eq!(get("DaemonSet/spec.template.metadata.labels.app"), label);
    assert_eq!(
        get("DaemonSet/spec.template.spec.serviceAccountName"),
        get("ServiceAccount/metadata.name")
    );
    assert_eq!(
        get("ClusterRoleBinding/roleRef.name"),
        get("ClusterRole/metadata.name")
    );
    assert_eq!(
        get("ClusterRoleBinding/subjects.0.name"),
        get("ServiceAccount/metadata.name")
    );
    let wide = facts.iter().filter(|(path, value)| {
        path.starts_with("ClusterRole/rules")
            && (value.contains("create")
                || value.contains('*')
                || value.trim_matches('"') == "secrets")
    });
    assert_eq!(wide.count(), 0, "the role has no wide permission");
    // The program itself accepts or refuses the arguments.
    let arguments = arguments(facts, container);
    let snapshot = "--policy-snapshot=/etc/ascp-policy/snapshot.json".to_owned();
    let mount = format!("{container}.volumeMounts.2");
    if arguments.contains(&snapshot) {
        assert_eq!(get(&format!("{mount}.mountPath")), "/etc/ascp-policy");
        assert_eq!(get(&format!("{mount}.readOnly")), "true");
        // A mount with `subPath` would not show changes of the ConfigMap.
        assert!(!facts.contains_key(&format!("{mount}.subPath")));
        let volume = "DaemonSet/spec.template.spec.volumes.2";
        assert_eq!(
            get(&format!("{volume}.name")),
            get(&format!("{mount}.name"))
        );
        assert_eq!(
            get(&format!("{volume}.configMap.name")),
            "ascp-policy-snapshot"
        );
        assert_eq!(get(&format!("{volume}.configMap.optional")), "true");
        let mut rules = facts
            .iter()
            .filter(|(path, _)| path.starts_with("ClusterRole/rules"));
        assert!(rules.any(|(_, value)| value.contains("csidrivers")));
    } else {
        assert!(!facts.contains_key(&format!("{mount}.name")));
    }
    accepted(&arguments);
}

fn arguments(facts: &BTreeMap<String, String>, container: &str) -> Vec<String> {
    let prefix = format!("{container}.args.");
    let own = facts.iter().filter(|(path, _)| path.starts_with(&prefix));
    own.map(|(_, value)| value.trim_matches('"').to_owned())
        .collect()
}

fn accepted(arguments: &[String]) {
    let output = Command::new(env!("CARGO_BIN_EXE_secrets-store-csi-driver-provider-aws"))
        .args(arguments)
        .arg("--help")
        .output()
        .unwrap();
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{problem}");
}

/// Checks the CronJob that renews the snapshot.
fn check_refresh(facts: &BTreeMap<String, String>) {
    let get = |path: &str| facts.get(path).map_or("", |value| value.trim_matches('"'));
    let pod = "CronJob/spec.jobTemplate.spec.template.spec";
    for (path, value) in [
        ("restartPolicy", "Never"),
        ("securityContext.runAsNonRoot", "true"),
        ("securityContext.seccompProfile.type", "RuntimeDefault"),
        ("volumes.0.name", "work"),
    ] {
        assert_eq!(get(&format!("{pod}.{path}")), value, "{path}");
    }
    let account = get(&format!("{pod}.serviceAccountName"));
    assert_eq!(get("ServiceAccount/metadata.name"), account);
    assert_eq!(get("RoleBinding/subjects.0.name"), account);
    assert_eq!(get("RoleBinding/roleRef.name"), get("Role/metadata.name"));
    for container in ["initContainers.0", "containers.0"] {
        for (path, value) in [
            ("securityContext.allowPrivilegeEscalation", "false"),
            ("securityContext.readOnlyRootFilesystem", "true"),
            ("securityContext.capabilities.drop.0", "ALL"),
            ("volumeMounts.0.mountPath", "/work"),
        ] {
            assert_eq!(get(&format!("{pod}.{container}.{path}")), value, "{path}");
        }
    }
    let rules: Vec<_> = facts
        .iter()
        .filter(|(path, _)| path.starts_with("Role/rules."))
        .map(|(path, value)| (path.as_str(), value.trim_matches('"')))
        .collect();
    let map = get("ConfigMap/metadata.name");
    let expected = [
        ("Role/rules.0.apiGroups.0", ""),
        ("Role/rules.0.resourceNames.0", map),
        ("Role/rules.0.resources.0", "configmaps"),
        ("Role/rules.0.verbs.0", "patch"),
    ];
    assert_eq!(rules, expected);
    let publish = arguments(facts, &format!("{pod}.containers.0"));
    let namespace = get("ConfigMap/metadata.namespace");
    assert!(publish.contains(&format!("--config-map={namespace}/{map}")));
    accepted(&publish);
    let read = arguments(facts, &format!("{pod}.initContainers.0"));
    assert!(read.starts_with(&["snapshot".to_owned(), "--live".to_owned()]));
    // The job writes the data; a manifest with data would overwrite it.
    assert!(!facts.keys().any(|path| path.starts_with("ConfigMap/data")));
}

fn deploy(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(file)
}

#[test]
fn the_plain_manifest_replaces_that_of_upstream() {
    let facts = facts(&fs::read_to_string(deploy("provider.yaml")).unwrap());
    check(&facts);
    for kind in ["DaemonSet", "ServiceAccount"] {
        assert_eq!(
            facts[&format!("{kind}/metadata.name")],
            "csi-secrets-store-provider-aws"
        );
        assert_eq!(facts[&format!("{kind}/metadata.namespace")], "kube-system");
    }
    assert_eq!(
        facts["DaemonSet/spec.selector.matchLabels.app"],
        "csi-secrets-store-provider-aws"
    );
    let version = env!("CARGO_PKG_VERSION");
    assert!(facts["DaemonSet/spec.template.spec.containers.0.image"].ends_with(version));
}

#[test]
fn the_plain_cron_job_may_patch_one_config_map() {
    let facts = facts(&fs::read_to_string(deploy("snapshot-refresh.yaml")).unwrap());
    check_refresh(&facts);
    let version = env!("CARGO_PKG_VERSION");
    let pod = "CronJob/spec.jobTemplate.spec.template.spec";
    for container in ["initContainers.0", "containers.0"] {
        assert!(facts[&format!("{pod}.{container}.image")].ends_with(version));
    }
}

/// The chart without its dependency, which this test does not download; `None` on machines without `helm`.
fn chart() -> Option<tempfile::TempDir> {
    if Command::new("helm").arg("version").output().is_err() {
        println!("`helm` is not on the PATH; the chart is not rendered");
        return None;
    }
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("templates")).unwrap();
    for folder in ["", "templates"] {
        for file in fs::read_dir(deploy("chart").join(folder)).unwrap() {
            let file = file.unwrap();
            if file.file_type().unwrap().is_file() {
                let to = copy.path().join(folder).join(file.file_name());
                fs::copy(file.path(), to).unwrap();
            }
        }
    }
    let chart = fs::read_to_string(deploy("chart/Chart.yaml")).unwrap();
    let (own, _) = chart.split_once("dependencies:").unwrap();
    fs::write(copy.path().join("Chart.yaml"), own).unwrap();
    Some(copy)
}

/// The output of `helm template` with these values, or its error.
fn render(chart: &Path, values: &str, file: &str) -> Result<String, String> {
    render_with(&[], chart, values, file)
}

fn render_with(flags: &[&str], chart: &Path, values: &str, file: &str) -> Result<String, String> {
    let output = Command::new("helm")
        .args(["template", "prov", "--namespace", "kube-system"])
        .args(["--kube-version", "1.31.0"])
        .args(flags)
        .arg(chart)
        .args(["--set", values])
        .args(["--show-only", &format!("templates/{file}.yaml")])
        .env("KUBECONFIG", "/dev/null")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

#[test]
fn the_chart_renders_as_the_plain_manifest() {
    let Some(copy) = chart() else { return };
    for values in [
        "awsRegion=",
        "awsRegion=us-west-2,driverWritesSecrets=true,k8sThrottlingParams.qps=5,strictObjects=true,credentialCache=false,allowUnmountedTarget=true,maxReplyBytes=8388608,metrics.enabled=true",
        "policy.configMap=ascp-policy-snapshot",
        "policy.configMap=ascp-policy-snapshot,policy.mode=strict,policy.cluster=prod,policy.refresh.enabled=true,policy.refresh.worldConfigMap=world,policy.refresh.region=us-east-1",
    ] {
        let render = |file: &str| render(copy.path(), values, file);
        let own = render("daemonset").unwrap() + &render("rbac").unwrap();
        let own = facts(&own);
        check(&own);
        let labels = "DaemonSet/metadata.labels";
        let name = &own[&format!("{labels}.app")];
        assert_eq!(&own[&format!("{labels}.app.kubernetes.io/name")], name);
        let pod = "DaemonSet/spec.template.spec";
        assert!(!own.contains_key(&format!("{pod}.tolerations.0.operator")));
        let refresh = render("refresh");
        assert_eq!(refresh.is_ok(), values.contains("refresh"), "{refresh:?}");
        if let Ok(refresh) = refresh {
            let facts = facts(&refresh);
            check_refresh(&facts);
            // The snapshot outlives the CronJob and the release.
            let policy = "ConfigMap/metadata.annotations.helm.sh/resource-policy";
            assert_eq!(facts[policy], "keep");
            let read = "CronJob/spec.jobTemplate.spec.template.spec.initContainers.0";
            let arguments = arguments(&facts, read);
            assert_eq!(
                arguments,
                [
                    "snapshot",
                    "--live",
                    "--out=/work/snapshot.json",
                    "--cluster=prod",
                    "/world"
                ]
            );
        }
    }
}

/// The values of upstream's chart 3.1.1, with which `helm upgrade --reuse-values` renders this chart.
const UPSTREAM_VALUES: &str = r#"
image:
  repository: public.ecr.aws/aws-secrets-manager/secrets-store-csi-driver-provider-aws
  pullPolicy: IfNotPresent
  tag: 3.1.1
awsRegion: ""
nameOverride: ""
fullnameOverride: ""
providerVolume: /var/run/secrets-store-csi-providers
kubeletPath: /var/lib/kubelet
driverWritesSecrets: false
podIdentityHttpTimeout:
useFipsEndpoint: false
commonLabels: {}
podLabels: {}
podAnnotations: {}
affinity: {}
nodeSelector: {}
tolerations: []
priorityClassName: ""
resources:
  requests: { cpu: 50m, memory: 100Mi }
  limits: { cpu: 50m, memory: 100Mi }
port: 8989
updateStrategy: { type: RollingUpdate }
imagePullSecrets: []
rbac: { install: true }
securityContext: { privileged: false, allowPrivilegeEscalation: false }
dnsConfig: {}
secrets-store-csi-driver: { install: true }
"#;

#[test]
fn the_chart_renders_with_upstreams_values_alone() {
    let Some(copy) = chart() else { return };
    fs::write(copy.path().join("values.yaml"), UPSTREAM_VALUES).unwrap();
    let container = "DaemonSet/spec.template.spec.containers.0";
    let plain = facts(&render(copy.path(), "image.tag=0.1.0", "daemonset").unwrap());
    assert_eq!(
        arguments(&plain, container),
        [
            "--provider-volume=/var/run/secrets-store-csi-providers",
            "--log-level=info",
            "--log-format=text"
        ]
    );
    let role = render(copy.path(), "image.tag=0.1.0", "rbac").unwrap();
    assert!(role.contains("serviceaccounts"), "{role}");
    let more = "policy.configMap=snapshot,policy.refresh.enabled=true,metrics.enabled=true";
    let more = |file| render(copy.path(), more, file).unwrap();
    let daemon = facts(&more("daemonset"));
    let arguments = arguments(&daemon, container);
    assert!(arguments.contains(&"--admin-addr=0.0.0.0:8989".to_owned()));
    accepted(&arguments);
    check_refresh(&facts(&more("refresh")));
}

#[test]
fn the_chart_refuses_invalid_values() {
    let Some(copy) = chart() else { return };
    for (values, named) in [
        ("policy.mode=stirct", "mode"),
        ("policy.configmap=x", "configmap"),
        ("logLevel=loud", "logLevel"),
        ("metrics.port=0", "port"),
        ("policy.refresh.enable=true", "enable"),
        ("image.digest=abc", "digest"),
        ("maxReplyBytes=4Mi", "maxReplyBytes"),
        ("tolerations=Exists", "tolerations"),
    ] {
        let problem = render(copy.path(), values, "daemonset").unwrap_err();
        assert!(problem.contains("schema"), "{values}: {problem}");
        assert!(problem.contains(named), "{values}: {problem}");
    }
}

/// The address of an API server that has this ConfigMap `snapshot`, or none.
fn api_server(map: Option<Value>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = move |path: &str| match path {
        "/api/v1" => Some(json!({
            "kind": "APIResourceList",
            "groupVersion": "v1",
            "resources": [{"name": "configmaps", "singularName": "configmap", "namespaced": true, "kind": "ConfigMap", "verbs": ["get"]}],
        })),
        "/api/v1/namespaces/kube-system/configmaps/snapshot" => map.clone(),
        _ => None,
    };
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = String::new();
            BufReader::new(&stream).read_line(&mut request).unwrap();
            let path = request.split([' ', '?']).nth(1).unwrap_or_default();
            let (status, body) = match answer(path) {
                Some(body) => ("200 OK", body),
                None => (
                    "404 Not Found",
                    json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}),
                ),
            };
            let body = body.to_string();
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    address
}

#[test]
fn the_chart_makes_its_config_map_and_takes_over_no_other() {
    let Some(copy) = chart() else { return };
    let map = |annotations: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "snapshot", "namespace": "kube-system", "annotations": annotations}});
    for (known, makes) in [
        (None, true),
        (Some(map(json!({}))), false),
        (
            Some(map(json!({"meta.helm.sh/release-name": "prov"}))),
            true,
        ),
        (
            Some(map(json!({"meta.helm.sh/release-name": "other"}))),
            false,
        ),
    ] {
        let shown = format!("{known:?}");
        let server = format!("--kube-apiserver={}", api_server(known));
        let flags = ["--dry-run=server", &server];
        let values = "policy.configMap=snapshot,policy.refresh.enabled=true";
        let text = render_with(&flags, copy.path(), values, "refresh").unwrap();
        assert!(text.contains("kind: CronJob"), "{text}");
        assert_eq!(text.contains("kind: ConfigMap"), makes, "{shown}");
    }
}

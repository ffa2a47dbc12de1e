//! The test vectors, as rows of data under `tests/vectors`: each is one mount against a process of its own.

use super::{
    driver::{attributes, connect, mount, request},
    process::{Provider, files},
    stand_in::StandIn,
};
use provider::generated::ObjectVersion;
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::BTreeMap, fs, os::unix::fs::PermissionsExt as _, path::Path, sync::Arc,
    time::Duration,
};
use tokio::{sync::Semaphore, task::JoinSet};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Row {
    id: String,
    /// The deviation from upstream that it shows.
    #[serde(default)]
    deviation: Option<String>,
    #[serde(default)]
    objects: String,
    /// Attributes to set, or with `null` to remove.
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
    raw_attributes: Option<String>,
    secrets: Option<String>,
    permission: Option<String>,
    #[serde(default)]
    no_target: bool,
    #[serde(default)]
    versions: BTreeMap<String, String>,
    /// Files in the volume before the mount.
    #[serde(default)]
    before: BTreeMap<String, String>,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    #[serde(default)]
    kubernetes: BTreeMap<String, Value>,
    #[serde(default)]
    aws: BTreeMap<String, Value>,
    #[serde(default)]
    agent: Value,
    #[serde(default)]
    sts: Value,
    deadline: Option<u64>,
    #[serde(default)]
    expect: Expect,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Expect {
    /// The start of the error; without it the mount succeeds.
    error: Option<String>,
    /// Further parts of the error.
    #[serde(default)]
    contains: Vec<String>,
    code: Option<String>,
    files: Option<BTreeMap<String, String>>,
    #[serde(default)]
    modes: BTreeMap<String, String>,
    versions: Option<BTreeMap<String, String>>,
    /// Names in the order of the answer.
    order: Option<Vec<String>>,
    /// Calls to AWS, the agent and Kubernetes, in any order.
    calls: Option<Vec<String>>,
    /// Parts of the log.
    #[serde(default)]
    logs: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_vector_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut tables: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    tables.sort();
    assert!(!tables.is_empty());
    let mut wrong = Vec::new();
    let mut summary = String::new();
    for table in tables {
        let rows: Vec<Row> = serde_json::from_str(&fs::read_to_string(&table).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", table.display()));
        let name = table.file_stem().unwrap().to_str().unwrap().to_owned();
        let total = rows.len();
        let deviations = rows.iter().filter(|row| row.deviation.is_some()).count();
        let slots = Arc::new(Semaphore::new(4));
        let mut tasks = JoinSet::new();
        for row in rows {
            let slots = Arc::clone(&slots);
            tasks.spawn(async move {
                let _slot = slots.acquire().await;
                let id = row.id.clone();
                let problems = run(row).await;
                (id, problems)
            });
        }
        let mut failed = 0;
        while let Some(done) = tasks.join_next().await {
            let (id, problems) = done.unwrap();
            if !problems.is_empty() {
                failed += 1;
                wrong.push(format!("{name} {id}: {}", problems.join("\n    ")));
            }
        }
        summary.push_str(&format!(
            "{name}: {} of {total} ({deviations} deviations)\n",
            total - failed
        ));
    }
    wrong.sort();
    println!("{summary}");
    assert!(wrong.is_empty(), "{summary}\n{}", wrong.join("\n"));
}

async fn run(row: Row) -> Vec<String> {
    let stand_in = StandIn::start().await;
    *stand_in.world.aws.lock().unwrap() = row.aws.clone();
    *stand_in.world.kubernetes.lock().unwrap() = row.kubernetes.clone();
    *stand_in.world.agent.lock().unwrap() = row.agent.clone();
    *stand_in.world.sts.lock().unwrap() = row.sts.clone();
    let flags: Vec<_> = row.flags.iter().map(String::as_str).collect();
    let env: Vec<_> = row
        .env
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let provider = Provider::start(&stand_in.url, &flags, &env).await;
    let target = provider.target("mount");
    for (name, content) in &row.before {
        fs::write(target.join(name), content).unwrap();
    }
    let mut attributes = attributes(&row.objects);
    for (key, value) in &row.attributes {
        match value {
            Value::Null => drop(attributes.as_object_mut().unwrap().remove(key)),
            value => attributes[key] = value.clone(),
        }
    }
    let mut message = request(&attributes, &target);
    if row.no_target {
        message.target_path = String::new();
    }
    if let Some(raw) = &row.raw_attributes {
        message.attributes.clone_from(raw);
    }
    if let Some(secrets) = &row.secrets {
        message.secrets.clone_from(secrets);
    }
    if let Some(permission) = &row.permission {
        message.permission.clone_from(permission);
    }
    for (id, version) in &row.versions {
        message.current_object_version.push(ObjectVersion {
            id: id.clone(),
            version: version.clone(),
        });
    }
    let mut client = connect(provider.socket()).await;
    let deadline = Duration::from_secs(row.deadline.unwrap_or(60));
    let answer = mount(&mut client, message, deadline).await;
    let mut check = Check::default();
    match (&answer, &row.expect.error) {
        (Ok(response), None) => {
            check.success(&row, response, &target);
        }
        (Err(status), Some(text)) => {
            check.that(status.message().starts_with(text.as_str()), || {
                format!("said `{}`, not `{text}`", status.message())
            });
            for part in &row.expect.contains {
                check.that(status.message().contains(part.as_str()), || {
                    format!("`{part}` is not in `{}`", status.message())
                });
            }
            let code = format!("{:?}", status.code());
            if let Some(expected) = &row.expect.code {
                check.that(code == *expected, || format!("code {code}, not {expected}"));
            }
            let final_codes = [
                "InvalidArgument",
                "FailedPrecondition",
                "PermissionDenied",
                "NotFound",
                "Internal",
            ];
            check.that(final_codes.contains(&code.as_str()), || {
                format!("code {code} is not final")
            });
            let now = files(&target);
            check.that(now.len() == row.before.len(), || {
                format!("wrote {:?}", now.keys())
            });
        }
        (Ok(response), Some(text)) => check.that(false, || {
            format!("succeeded with {:?}, not `{text}`", response.object_version)
        }),
        (Err(status), None) => check.that(false, || {
            format!("failed: {:?} {}", status.code(), status.message())
        }),
    }
    if let Some(expected) = &row.expect.calls {
        let mut expected = expected.clone();
        expected.sort();
        let calls: Vec<_> = stand_in
            .calls()
            .into_iter()
            .filter(|call| !call.starts_with("agent"))
            .collect();
        check.that(calls == expected, || {
            format!("called {calls:?}, not {expected:?}")
        });
    }
    let log = provider.log();
    for line in &row.expect.logs {
        check.that(log.contains(line.as_str()), || {
            format!("`{line}` is not in the log:\n{log}")
        });
    }
    let text = answer
        .err()
        .map(|status| format!("{status:?}"))
        .unwrap_or_default();
    check.that(!log.contains("canary") && !text.contains("canary"), || {
        "a canary is in the log or the error".to_owned()
    });
    check.problems
}

#[derive(Default)]
struct Check {
    problems: Vec<String>,
}

impl Check {
    fn that(&mut self, holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(problem());
        }
    }

    fn success(&mut self, row: &Row, response: &provider::generated::MountResponse, target: &Path) {
        let by_driver = row
            .flags
            .iter()
            .any(|flag| flag == "--driver-writes-secrets");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (actual, modes): (BTreeMap<_, _>, BTreeMap<_, _>) = if by_driver {
            let now = files(target);
            self.that(now.len() == row.before.len(), || {
                format!("wrote {:?}", now.keys())
            });
            response
                .files
                .iter()
                .map(|file| {
                    (
                        (file.path.clone(), text(&file.contents)),
                        (file.path.clone(), format!("{:04o}", file.mode)),
                    )
                })
                .unzip()
        } else {
            self.that(response.files.is_empty(), || {
                "files in the answer".to_owned()
            });
            files(target)
                .iter()
                .map(|(name, content)| {
                    let mode = fs::metadata(target.join(name))
                        .unwrap()
                        .permissions()
                        .mode()
                        & 0o7777;
                    (
                        (name.clone(), text(content)),
                        (name.clone(), format!("{mode:04o}")),
                    )
                })
                .unzip()
        };
        if let Some(expected) = &row.expect.files {
            self.that(actual == *expected, || {
                format!("files {actual:?}, not {expected:?}")
            });
        }
        for (name, mode) in &row.expect.modes {
            self.that(modes.get(name) == Some(mode), || {
                format!("mode of {name} is {:?}, not {mode}", modes.get(name))
            });
        }
        if let Some(expected) = &row.expect.versions {
            let versions: BTreeMap<_, _> = response
                .object_version
                .iter()
                .map(|object| (object.id.clone(), object.version.clone()))
                .collect();
            self.that(versions == *expected, || {
                format!("versions {versions:?}, not {expected:?}")
            });
        }
        if let Some(expected) = &row.expect.order {
            let order: Vec<_> = response
                .object_version
                .iter()
                .map(|object| object.id.clone())
                .collect();
            self.that(order == *expected, || {
                format!("order {order:?}, not {expected:?}")
            });
        }
    }
}

//! Ways to hide an input from `check`: each is read nevertheless, or the summary names it and `--fail-on undecided` fails.

use crate::support::{LEAK, run_in};
use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Output},
};

/// A class that no pod can mount (SPC105).
const CLASS: &str = "apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: { name: app, namespace: shop }
spec:
  provider: aws
  parameters:
    objects: |
      - { objectName: shop/one, objectType: secretsmanagre }
";
const ACCOUNT: &str =
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: shop }\n";
const WORLD: &str =
    "ascp-policy: 1\naccounts: { shop: { id: \"111122223333\", region: eu-west-1 } }\n";
const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 123\n";

/// What is read although it was hidden, by the code of its finding.
const LEAKS: &str = "TAG106";
const BROKEN: &str = "SPC105";

/// A repository with one trick.
struct Trick {
    name: &'static str,
    files: Vec<(&'static str, Vec<u8>)>,
    /// What makes the rest of it.
    then: fn(&Path),
    /// A finding of the input, or the line that names it.
    line: &'static str,
}

fn nothing(_: &Path) {}

/// A kustomization that lists a resource and takes the class of the tricks away.
fn deletion(resource: &str) -> Vec<u8> {
    format!(
        "resources: [{resource}]\npatches:\n  - target: {{ kind: SecretProviderClass }}\n    patch: '[{{ op: remove, path: /spec }}]'\n"
    )
    .into_bytes()
}

fn git(folder: &Path, arguments: &[&str]) -> Output {
    let name = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    let mut command = Command::new("git");
    let done = command.current_dir(folder).args(name).args(arguments);
    let done = done.output().unwrap();
    assert!(done.status.success(), "{arguments:?}");
    done
}

fn commit(folder: &Path) {
    git(folder, &["init", "-q"]);
    git(folder, &["add", "-A", "-f"]);
    git(folder, &["commit", "-q", "-m", "x"]);
}

/// A text behind more white space than a file may have.
fn large(text: &str) -> Vec<u8> {
    [" ".repeat(17 << 20), text.to_owned()]
        .join("\n")
        .into_bytes()
}

fn tricks() -> Vec<Trick> {
    let trick = |name, file: &'static str, content: &[u8], line| Trick {
        name,
        files: vec![(file, content.to_vec())],
        then: nothing,
        line,
    };
    let class = CLASS.as_bytes();
    let leak = LEAK.as_bytes();
    let utf16: Vec<u8> = CLASS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf32 = CLASS.chars().map(u32::from).flat_map(u32::to_be_bytes);
    let utf32: Vec<u8> = utf32.collect();
    let after = |first: &str| format!("{first}---\n{CLASS}").into_bytes();
    let before = |last: &str| format!("{CLASS}{last}").into_bytes();
    let instead = |from: &str, to: &str| CLASS.replace(from, to).into_bytes();
    let indented = CLASS.replace('\n', "\n    ");
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - {indented}"
    );
    vec![
        Trick {
            files: vec![
                ("leak.json", leak.to_vec()),
                (".gitignore", b"leak.json\n".to_vec()),
            ],
            then: commit,
            ..trick("a tracked file in .gitignore", "", b"", LEAKS)
        },
        Trick {
            files: vec![
                ("leak.json", leak.to_vec()),
                (".ignore", b"leak.json\n".to_vec()),
            ],
            ..trick("a file in .ignore", "", b"", LEAKS)
        },
        Trick {
            files: vec![("leak.json", leak.to_vec())],
            then: |folder| {
                commit(folder);
                fs::write(folder.join(".git/info/exclude"), "leak.json\n").unwrap();
            },
            ..trick("a tracked file in .git/info/exclude", "", b"", LEAKS)
        },
        Trick {
            files: vec![("leak.json", leak.to_vec())],
            then: |folder| {
                commit(folder);
                let list = folder.join(".git/ignored");
                fs::write(&list, "leak.json\n").unwrap();
                git(
                    folder,
                    &["config", "core.excludesFile", list.to_str().unwrap()],
                );
            },
            ..trick("a tracked file in core.excludesFile", "", b"", LEAKS)
        },
        trick("a directory with a dot", ".hidden/leak.json", leak, LEAKS),
        Trick {
            then: commit,
            ..trick(
                "a tracked directory with two dots",
                "..x/leak.json",
                leak,
                LEAKS,
            )
        },
        Trick {
            then: commit,
            ..trick(
                "a tracked directory .terraform",
                ".terraform/leak.json",
                leak,
                LEAKS,
            )
        },
        Trick {
            then: |folder| symlink("store", folder.join("leak.json")).unwrap(),
            ..trick("a link to a file of another name", "store", leak, LEAKS)
        },
        Trick {
            then: |folder| symlink("..", folder.join("a/up")).unwrap(),
            ..trick("links in a ring", "a/leak.json", leak, LEAKS)
        },
        Trick {
            then: |folder| symlink("/etc/hostname", folder.join("app.yaml")).unwrap(),
            ..trick(
                "a link out of the repository",
                "ok.yaml",
                b"",
                "1 outward link (app.yaml)",
            )
        },
        Trick {
            then: |folder| symlink("/etc", folder.join("k8s")).unwrap(),
            ..trick(
                "a link to a directory outside",
                "ok.yaml",
                b"",
                "1 outward link (k8s)",
            )
        },
        Trick {
            then: |folder| {
                let mkfifo = Command::new("mkfifo").arg(folder.join("app.yaml")).status();
                assert!(mkfifo.unwrap().success());
            },
            ..trick("a pipe", "ok.yaml", b"", "1 device or pipe (app.yaml)")
        },
        trick(
            "more bytes than are read",
            "app.yaml",
            &large(CLASS),
            "1 broken file (app.yaml): larger than 16 MiB",
        ),
        trick(
            "a zero in the text",
            "app.yaml",
            &before("\0"),
            "1 broken file (app.yaml)",
        ),
        trick("UTF-16", "app.yaml", &utf16, BROKEN),
        trick("UTF-32", "app.yaml", &utf32, "1 broken file (app.yaml)"),
        trick(
            "a byte that is no UTF-8",
            "app.yaml",
            &[class, b"# \xff\n"].concat(),
            "1 broken file (app.yaml): not UTF-8",
        ),
        trick(
            "a byte order mark",
            "app.yaml",
            &[b"\xef\xbb\xbf", class].concat(),
            BROKEN,
        ),
        trick(
            "JSON behind a byte order mark",
            "leak.json",
            &[b"\xef\xbb\xbf", leak].concat(),
            LEAKS,
        ),
        trick(
            "a policy that is not JSON",
            "leak.json",
            &[leak, b"{}"].concat(),
            "1 broken file (leak.json)",
        ),
        Trick {
            files: vec![
                ("sub/ascp-policy.yaml", WORLD.into()),
                ("sub/app.yaml", class.to_vec()),
            ],
            ..trick(
                "a world of its own in a directory",
                "",
                b"",
                "1 unincluded file (sub/app.yaml)",
            )
        },
        Trick {
            files: vec![
                ("ascp-policy.yaml", WORLD.into()),
                ("app.yaml", class.to_vec()),
            ],
            ..trick(
                "a world that includes nothing",
                "",
                b"",
                "1 unincluded file (app.yaml)",
            )
        },
        Trick {
            files: vec![
                (
                    "ascp-policy.yaml",
                    format!("{WORLD}include: [k8s/]\n").into(),
                ),
                ("k8s/ok.yaml", ACCOUNT.into()),
                ("leak.json", leak.to_vec()),
            ],
            ..trick(
                "a world that includes less",
                "",
                b"",
                "1 unincluded file (leak.json)",
            )
        },
        Trick {
            files: vec![
                ("ascp-policy.yaml", WORLD.into()),
                ("sub/ascp-policy.yaml", WORLD.into()),
            ],
            ..trick(
                "a world above other worlds",
                "",
                b"",
                "1 unincluded file (sub/ascp-policy.yaml)",
            )
        },
        trick(
            "a second world",
            "other.yaml",
            WORLD.as_bytes(),
            "1 second world (other.yaml)",
        ),
        trick(
            "a world before other documents",
            "app.yaml",
            &after("ascp-policy: 1\n"),
            "1 second world (app.yaml)",
        ),
        trick(
            "a template before other documents",
            "app.yaml",
            &after("AWSTemplateFormatVersion: \"2010-09-09\"\nResources: {}\n"),
            "1 document of another kind (app.yaml, document 2)",
        ),
        trick(
            "another document before it",
            "app.yaml",
            &after("a: b\n"),
            BROKEN,
        ),
        trick(
            "a broken document before it",
            "app.yaml",
            &after("a: [\n"),
            "1 broken file (app.yaml)",
        ),
        trick(
            "a broken document after it",
            "app.yaml",
            &before("---\na: [\n"),
            "1 broken file (app.yaml)",
        ),
        trick("a list in a list", "app.yaml", list.as_bytes(), BROKEN),
        trick(
            "a tag",
            "app.yaml",
            &instead("kind: ", "kind: !!str "),
            BROKEN,
        ),
        trick(
            "an anchor",
            "app.yaml",
            &[
                b"a: &a SecretProviderClass\n",
                &*instead("kind: SecretProviderClass", "kind: *a"),
            ]
            .concat(),
            BROKEN,
        ),
        trick(
            "a merge key",
            "app.yaml",
            &[
                b"a: &a { kind: SecretProviderClass }\n<<: *a\n",
                &*instead("kind: SecretProviderClass\n", ""),
            ]
            .concat(),
            BROKEN,
        ),
        trick(
            "a key that is written twice",
            "app.yaml",
            &instead("kind: ", "kind: ConfigMap\nkind: "),
            BROKEN,
        ),
        trick(
            "escapes",
            "app.json",
            instead(
                "kind: SecretProviderClass",
                "kind: \"Secret\\x50roviderClass\"",
            )
            .as_slice(),
            BROKEN,
        ),
        trick("an ending in upper case", "app.YML", class, BROKEN),
        trick(
            "another ending",
            "app.yaml.txt",
            class,
            "1 file of another name (app.yaml.txt)",
        ),
        trick("no ending", "app", class, "1 file of another name (app)"),
        trick(
            "a space behind the ending",
            "app.yaml ",
            class,
            "1 file of another name",
        ),
        trick(
            "an invisible character in the ending",
            "app.ya\u{200b}ml",
            class,
            "1 file of another name",
        ),
        trick(
            "a template",
            "app.yaml",
            &instead("name: app", "name: {{ .Values.x }}"),
            "1 template (app.yaml)",
        ),
        trick(
            "a template in a comment",
            "app.yaml",
            &after("# {{ x }}\n"),
            BROKEN,
        ),
        Trick {
            files: vec![
                (
                    "kustomization.yaml",
                    b"resources: [app.yaml]\nnamePrefix: x-\n".to_vec(),
                ),
                ("app.yaml", class.to_vec()),
            ],
            ..trick("a kustomization around it", "", b"", BROKEN)
        },
        Trick {
            files: vec![
                ("x/kustomization.yaml", deletion("../k8s/app.yaml")),
                ("k8s/app.yaml", class.to_vec()),
            ],
            ..trick("a kustomization elsewhere that takes it away", "", b"", BROKEN)
        },
        Trick {
            files: vec![
                ("x/kustomization.yaml", deletion("../k8s")),
                ("k8s/kustomization.yaml", b"resources: [app.yaml]\n".to_vec()),
                ("k8s/app.yaml", class.to_vec()),
            ],
            ..trick(
                "a kustomization that builds on it and takes it away",
                "",
                b"",
                "1 object that kustomizations take away (k8s/app.yaml (SecretProviderClass shop/app))",
            )
        },
        trick(
            "a script that makes it",
            "setup.sh",
            b"kubectl apply -f - <<END\nkind: SecretProviderClass\nEND\n",
            "1 script with facts of this job (setup.sh)",
        ),
        trick(
            "source of Terraform without an account",
            "main.tf",
            b"resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\",\n    Principal = { AWS = \"arn:aws:iam::444455556666:role/other\" } }] })\n}\n",
            "1 Terraform root module (.)",
        ),
        trick(
            "a pointer of Git LFS",
            "app.yaml",
            POINTER.as_bytes(),
            "1 pointer of Git LFS (app.yaml)",
        ),
        Trick {
            then: |folder| {
                commit(folder);
                let entry = format!("160000,{},k8s", "1".repeat(40));
                git(folder, &["update-index", "--add", "--cacheinfo", &entry]);
            },
            ..trick(
                "a submodule that is not there",
                "ok.yaml",
                b"",
                "1 submodule that is not checked out (k8s)",
            )
        },
        Trick {
            files: vec![("ok.yaml", ACCOUNT.into()), ("app.yaml", class.to_vec())],
            then: |folder| {
                commit(folder);
                git(folder, &["sparse-checkout", "set", "--no-cone", "/ok.yaml"]);
            },
            ..trick(
                "a sparse checkout",
                "",
                b"",
                "1 file outside the sparse checkout (app.yaml)",
            )
        },
        Trick {
            files: vec![("ok.yaml", ACCOUNT.into()), ("k8s/app.yaml", class.to_vec())],
            then: |folder| {
                commit(folder);
                git(folder, &["sparse-checkout", "set", "--cone", "--sparse-index", "other"]);
            },
            ..trick(
                "a sparse index",
                "",
                b"",
                "1 file outside the sparse checkout (k8s)",
            )
        },
        Trick {
            files: vec![("app.yaml", class.to_vec()), (".gitignore", b"app.yaml\n".to_vec())],
            then: |folder| {
                commit(folder);
                git(folder, &["add", "--force", "app.yaml"]);
                git(folder, &["update-index", "--split-index"]);
            },
            ..trick("a split index", "", b"", "1 index of Git (. (index)): join its parts")
        },
        Trick {
            files: vec![("app.yaml", class.to_vec()), (".gitignore", b"app.yaml\n".to_vec())],
            then: |folder| {
                fs::remove_dir(folder.join(".git")).unwrap();
                git(folder, &["init", "-q", "--object-format=sha256"]);
                git(folder, &["add", "--force", "app.yaml"]);
            },
            ..trick("an ignored file in a repository with SHA-256", "", b"", BROKEN)
        },
        Trick {
            files: vec![
                ("real/app.txt", class.to_vec()),
                (".gitignore", b"link.yaml\nreal\n".to_vec()),
            ],
            then: |folder| {
                std::os::unix::fs::symlink("real/app.txt", folder.join("link.yaml")).unwrap();
                commit(folder);
                git(folder, &["add", "--force", "link.yaml"]);
            },
            ..trick("an ignored link that Git tracks", "", b"", BROKEN)
        },
        Trick {
            files: vec![("app.yaml", class.to_vec()), (".gitignore", b"*app.yaml\n".to_vec())],
            then: |folder| {
                use std::os::unix::ffi::OsStrExt as _;
                let name = std::ffi::OsStr::from_bytes(b"\xffapp.yaml");
                fs::rename(folder.join("app.yaml"), folder.join(name)).unwrap();
                commit(folder);
                git(folder, &["add", "--force", "."]);
            },
            ..trick("an ignored file whose name is not UTF-8", "", b"", BROKEN)
        },
    ]
}

#[test]
fn each_way_to_hide_an_input_is_seen() {
    let mut failures = Vec::new();
    for trick in tricks() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        fs::create_dir(folder.join(".git")).unwrap();
        // An input that is always read, so that the run has something to judge.
        fs::write(folder.join("ok.yaml"), ACCOUNT).unwrap();
        for (name, content) in &trick.files {
            if name.is_empty() || (*name == "ok.yaml" && content.is_empty()) {
                continue;
            }
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        (trick.then)(folder);
        let arguments = [
            "check",
            ".",
            "--region",
            "eu-west-1",
            "--fail-on",
            "high,undecided",
        ];
        let run = run_in(folder, &arguments);
        let text = run.out + &run.err;
        let is_reported = text.contains(trick.line) && [1, 3].contains(&run.code);
        if !is_reported {
            let (name, line) = (trick.name, trick.line);
            failures.push(format!("{name}: exit {}, no `{line}`:\n{text}", run.code));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The table of docs/threat-model.md lists each trick with its line.
#[test]
fn the_threat_model_lists_each_trick() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/threat-model.md")).unwrap();
    let missing: Vec<_> = tricks()
        .iter()
        .map(|trick| {
            let answer = match trick.line {
                LEAKS | BROKEN => "read".to_owned(),
                line => format!("`not read: {line}`"),
            };
            format!("| {} | {answer} |", trick.name)
        })
        .filter(|row| !page.contains(row))
        .collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

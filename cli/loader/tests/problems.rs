//! Bad and hostile input: each mistake is named at its place, all of one run together.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set up its files has failed"
)]

use loader::{LoadError, Loaded, Options};
use std::{fs, path::Path};
use tempfile::TempDir;

/// A directory with files.
fn files(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn load(directory: &Path) -> Result<Loaded, Box<LoadError>> {
    loader::load(&Options {
        paths: vec![directory.to_path_buf()],
        ..Options::default()
    })
}

/// Problems as `line: message | help`; the line is 0 where there is no place.
fn problems_of(directory: &Path) -> Vec<String> {
    let error = load(directory).map(|_| ()).unwrap_err();
    let lines = error.problems.iter().map(|problem| {
        let position = problem
            .labels
            .first()
            .and_then(|(origin, _)| error.sources.position(*origin));
        let line = position.map_or(0, |position| position.line);
        format!(
            "{line}: {} | {}",
            problem.message,
            problem.help.as_deref().unwrap_or("")
        )
    });
    lines.collect()
}

fn world(text: &str) -> Vec<String> {
    problems_of(files(&[("ascp-policy.yaml", text)]).path())
}

const SHOP: &str =
    "ascp-policy: 1\naccounts:\n  shop:\n    id: \"111122223333\"\n    region: us-east-1\n";

#[test]
fn mistakes_in_a_world_are_named_with_what_is_right() {
    for (body, wanted) in [
        (
            "    rols: {}\n",
            "6: an account has no key `rols` | did you mean `roles`?",
        ),
        (
            "    secrets: { a: { key: nope } }\n",
            "6: the key `nope` does not exist | describe it under `keys`, or name it in `externals.keys`",
        ),
        (
            "    roles: { a: { trust: pod-identiy } }\n",
            "6: `pod-identiy` is not a trust policy | did you mean `pod-identity`?",
        ),
        (
            "    roles: { a: { policies: {} } }\n",
            "6: the role `a` needs a `trust` | `trust: pod-identity`, or a list of statements",
        ),
        (
            "    secrets: { a: { tags: { n: 1 } } }\n",
            "6: the value of a tag is a text, not a number | put it in quotes: \"1\"",
        ),
        (
            "    secrets: { a: { region: useast1 } }\n",
            "6: `useast1` is not the name of a region | a region looks like us-east-1",
        ),
        (
            "    secrets: { a: {}, a: {} }\n",
            "6: `a` is written twice | remove all but one",
        ),
        (
            "    roles: { reader: { trust: pod-identity, attach: [reeder] } }\n",
            "6: the managed policy `reeder` does not exist | describe it under `policies`, or write its ARN",
        ),
        (
            "    roles: { reader: { trust: pod-identity } }\n    clusters: { prod: { serviceAccounts: { d/a: { association: readr } } } }\n",
            "7: the role `readr` does not exist | did you mean `reader`?",
        ),
        (
            "    roles: { r: { trust: pod-identity } }\n    clusters: { prod: { serviceAccounts: { d/a: { association: { role: r, policy: [{Effect: Allow, Action: 'a:b', Resource: '*'}] } } } } }\n",
            "7: EKS takes a session policy only where session tags are off | add `sessionTags: false`, or remove the policy",
        ),
        (
            "    clusters: { prod: { serviceAccounts: { app: {} } } }\n",
            "6: `app` is not a service account | write namespace/name, in lower case",
        ),
        (
            "    keys: { k: { policy: [{Effect: allow, Action: 'kms:*', Principal: '*'}] } }\n",
            "6: `Effect` is `Allow` or `Deny`, in this spelling | ",
        ),
        (
            "    secrets: { dev/db: {} }\nexpect: { readers: { dev/bd: [] } }\n",
            "7: no secret or parameter has the name `dev/bd` | did you mean `dev/db`?",
        ),
        (
            "    secrets: { a: {} }\n    clusters: { p: { serviceAccounts: { d/app: {} } } }\nexpect: { pods: { 'd/ap': { can: [read a] } } }\n",
            "8: no pod has the name `d/ap` | did you mean `d/app`?",
        ),
        (
            "    secrets: { a: {} }\n    clusters: { p: { serviceAccounts: { d/app: {} } } }\nexpect: { pods: { d/app: { cannot: [{ read: a, because: idenity }] } } }\n",
            "8: a stage is not `idenity` | did you mean `identity`?",
        ),
        (
            "    secrets: { a: {} }\n    clusters: { p: { serviceAccounts: { d/app: {} } } }\nexpect: { pods: { d/app: { can: [reed a] } } }\n",
            "8: `reed` is not an access: write `read`, `rotate`, or one action of secretsmanager, ssm or kms | did you mean `read`?",
        ),
        (
            "closed: [role]\n",
            "6: `role` is not a kind of fact | did you mean `roles`?",
        ),
        (
            "closed: [roles@shp]\n",
            "6: no account has the name `shp` | did you mean `shop`?",
        ),
        (
            "organization: { id: o-1 }\n",
            "6: `o-1` is not an organization's id | it is `o-` and 10 to 32 lower-case letters or digits",
        ),
        (
            "include: [none.json]\n",
            "6: `none.json` does not exist | paths start at the directory of the world file",
        ),
        ("include: ['*.json']\n", "6: no file matches `*.json` | "),
        (
            "include: [{ path: a.json, kind: pulumi }]\n",
            "6: this release does not read the kind `pulumi` | READ",
        ),
    ] {
        let problems = world(&format!("{SHOP}{body}"));
        let wanted = wanted.replace("READ", &loader::read_kinds());
        assert_eq!(problems, [wanted], "{body}");
    }
}

#[test]
fn account_ids_keep_their_digits() {
    let problems = |id: &str| {
        world(&format!(
            "ascp-policy: 1\naccounts:\n  shop: {{ id: {id}, region: us-east-1, secrets: {{ a: {{}} }} }}\n"
        ))
    };
    assert!(problems("11112222333")[0].contains("`11112222333` is not an account id"));
    assert!(problems("11112222333")[0].contains("write the id in quotes"));
    assert!(problems("\"1111-2222-3333\"")[0].contains("twelve digits"));
    let good = files(&[(
        "ascp-policy.yaml",
        "ascp-policy: 1\naccounts: { a: { id: 111122223333 }, b: { id: 012345678901 } }\n",
    )]);
    let loaded = load(good.path()).unwrap();
    assert_eq!(loaded.inventory.accounts[1].id, "012345678901");
    assert_eq!(
        world("ascp-policy: 1\naccounts: { a: { secrets: { x: {} } } }\n"),
        ["2: the account `a` needs an `id` | id: \"111122223333\""]
    );
    assert!(world("ascp-policy: 2\n")[0].contains("version 1"));
}

#[test]
fn all_mistakes_of_a_run_are_reported_together() {
    let problems = world(
        "ascp-policy: 1\nabout: [x]\nfoo: 1\naccounts:\n  shop: { id: '1', rols: {} }\nexpect: { pod: {} }\nclosed: nothing\n",
    );
    assert_eq!(problems.len(), 6, "{problems:#?}");
}

#[test]
fn the_help_for_an_ambiguous_name_is_a_clear_name() {
    let text = "ascp-policy: 1\ndefaults: { region: us-east-1 }\naccounts:\n  c: { id: '999988887777', secrets: { s: { key: k } } }\n  a: { id: '111122223333', keys: { k: { policy: default } } }\n  b: { id: '444455556666', keys: { k: { policy: default } } }\n";
    assert_eq!(
        world(text),
        ["4: several objects of kind key have the name `k` | write `a:k` or `b:k`"]
    );
    assert!(
        load(files(&[("ascp-policy.yaml", &text.replace("key: k ", "key: b:k "))]).path()).is_ok()
    );
}

#[test]
fn inside_an_account_a_bare_name_is_an_object_of_the_account() {
    let account = |name: &str, id: &str| {
        format!(
            "  {name}:\n    id: '{id}'\n    clusters: {{ prod: {{ serviceAccounts: {{ pay/api: {{ association: {{ role: app }} }} }} }} }}\n    roles: {{ app: {{ trust: pod-identity }} }}\n"
        )
    };
    let text = [
        "ascp-policy: 1\ndefaults: { region: us-east-1 }\naccounts:\n",
        &account("a", "111122223333"),
        &account("b", "444455556666"),
    ]
    .concat();
    let loaded = load(files(&[("ascp-policy.yaml", &text)]).path()).unwrap();
    let associations = loaded.inventory.associations.iter();
    let roles: Vec<_> = associations
        .map(|association| association.role.known().unwrap().value.as_str())
        .collect();
    assert_eq!(
        roles,
        [
            "arn:aws:iam::111122223333:role/app",
            "arn:aws:iam::444455556666:role/app"
        ]
    );
}

#[test]
fn externals_name_objects_that_no_source_describes() {
    let text = format!(
        "{SHOP}    clusters: {{ p: {{ serviceAccounts: {{ d/a: {{ association: 'shop:platform/x' }} }} }} }}\nexternals: {{ roles: ['shop:platform/*'] }}\n"
    );
    let directory = files(&[("ascp-policy.yaml", &text)]);
    let loaded = load(directory.path()).unwrap();
    let role = loaded.inventory.associations[0].role.known().unwrap();
    assert_eq!(role.value, "arn:aws:iam::111122223333:role/platform/x");
}

#[test]
fn hostile_files_are_refused_with_a_place() {
    let mut bomb = "ascp-policy: 1\nabout: x\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        bomb.push_str(&format!(
            "a{level}: &a{level} [{}]\n",
            format!("*a{}, ", level - 1).repeat(10)
        ));
    }
    let refused = world(&bomb);
    let wanted = ":7:45`: aliases produce more than 100000 values | write the repeated part once";
    assert!(
        refused.len() == 1 && refused[0].ends_with(wanted),
        "{refused:?}"
    );

    let deep = format!("ascp-policy: 1\nabout: {}", "[".repeat(10_000));
    assert!(is_too_deep(&world(&deep), "ascp-policy.yaml:2:"));
    let deep = format!("ascp-policy: 1\nabout:\n  {}", "- ".repeat(10_000));
    assert!(is_too_deep(&world(&deep), "ascp-policy.yaml:3:"));
    let json = files(&[
        ("ascp-policy.yaml", "ascp-policy: 1\ninclude: [a.json]\n"),
        (
            "a.json",
            &format!("{{\n\"RoleDetailList\": {}", "[".repeat(10_000)),
        ),
    ]);
    assert!(is_too_deep(&problems_of(json.path()), "a.json:2:"));
}

fn is_too_deep(problems: &[String], place: &str) -> bool {
    let deep = "nested deeper than 128 levels";
    problems
        .first()
        .is_some_and(|text| text.contains(place) && text.contains(deep))
}

#[test]
fn unreadable_files_are_reported_at_their_include() {
    let directory = files(&[(
        "ascp-policy.yaml",
        "ascp-policy: 1\ninclude:\n  - a.yaml\n  - big.json\n  - dir/\n",
    )]);
    fs::write(directory.path().join("a.yaml"), b"a: 1\nb: \xff\n").unwrap();
    let big = fs::File::create(directory.path().join("big.json")).unwrap();
    big.set_len(17 * 1024 * 1024).unwrap();
    fs::create_dir(directory.path().join("dir")).unwrap();
    let problems = problems_of(directory.path());
    assert!(
        problems[0].starts_with("3: ")
            && problems[0].contains("not UTF-8: the byte at offset 8, in line 2"),
        "{problems:?}"
    );
    assert!(
        problems[1].starts_with("4: ") && problems[1].contains("larger than 16 MiB"),
        "{problems:?}"
    );
    assert!(
        problems[2].starts_with("5: `dir/` contains no file that can be read"),
        "{problems:?}"
    );
    assert!(problems_of(&directory.path().join("none.yaml"))[0].contains("does not exist"));
}

#[test]
fn truncated_dumps_are_refused() {
    let directory = files(&[
        ("ascp-policy.yaml", "ascp-policy: 1\ninclude: [d/]\n"),
        (
            "d/a.json",
            "{\n \"RoleDetailList\": [],\n \"IsTruncated\": true,\n \"Marker\": \"x\"\n}",
        ),
        ("d/b.json", "{ \"SecretList\": [],\n \"NextToken\": \"x\" }"),
    ]);
    let problems = problems_of(directory.path());
    assert!(
        problems[0].starts_with("3: this answer is cut off"),
        "{problems:?}"
    );
    assert!(
        problems[1].starts_with("2: this answer is cut off"),
        "{problems:?}"
    );
}

#[test]
fn a_world_stays_inside_its_root() {
    let directory = files(&[
        ("outside.json", "{}"),
        ("other/secret.json", "{}"),
        (
            "repo/ascp-policy.yaml",
            "ascp-policy: 1\ninclude:\n  - ../outside.json\n  - ../none.json\n  - link.json\n  - links/\n  - ../*.json\n  - 'links/*/../../*'\n",
        ),
        (
            "repo/links/a.yaml",
            "apiVersion: v1\nkind: Namespace\nmetadata: { name: x }\n",
        ),
    ]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../outside.json", directory.path().join("repo/link.json"))
            .unwrap();
        std::os::unix::fs::symlink("../../other", directory.path().join("repo/links/other"))
            .unwrap();
    }
    let problems = problems_of(&directory.path().join("repo"));
    let outside = |line: usize, path: &str| {
        format!(
            "{line}: `{path}` lies outside the directory of the world | a world reads only files of its own repository, links included"
        )
    };
    assert_eq!(problems[0], outside(3, "../outside.json"));
    assert_eq!(problems[1], outside(4, "../none.json"));
    assert_eq!(problems[2], outside(5, "link.json"));
    assert_eq!(problems[3], outside(7, "../*.json"));
    assert!(
        problems[4].starts_with("8: ") && problems[4].contains("leads upwards"),
        "{problems:?}"
    );
    assert_eq!(problems.len(), 5, "{problems:?}");

    // In a repository the root is the repository.
    fs::create_dir(directory.path().join(".git")).unwrap();
    let problems = problems_of(&directory.path().join("repo"));
    assert!(problems[0].contains("is not recognized"), "{problems:?}");
    assert!(problems[1].contains("does not exist"), "{problems:?}");
}

#[test]
fn policies_in_files_follow_the_same_rule() {
    let body = "    roles: { a: { trust: { file: ../trust.json } }, b: { trust: { file: trust.yaml } } }\n";
    let directory = files(&[
        ("trust.json", "{}"),
        ("w/ascp-policy.yaml", &format!("{SHOP}{body}")),
        (
            "w/trust.yaml",
            "- Effect: Allow\n  Principal: { Service: pods.eks.amazonaws.com }\n  Action: [sts:AssumeRole]\n  Resorce: x\n",
        ),
    ]);
    let problems = problems_of(&directory.path().join("w"));
    assert!(
        problems[0].starts_with("6: `../trust.json` lies outside"),
        "{problems:?}"
    );
    assert!(
        problems[1].starts_with("4: `Resorce` is not an element"),
        "{problems:?}"
    );
}

#[test]
fn a_world_with_too_many_includes_is_refused() {
    let includes = "  - a.yaml\n".repeat(5_001);
    let world = format!("ascp-policy: 1\ninclude:\n{includes}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ascp-policy.yaml");
    fs::write(&path, world).unwrap();
    let options = Options {
        paths: vec![path],
        ..Options::default()
    };
    let error = loader::load(&options).unwrap_err();
    let text = format!("{:?}", error.problems);
    assert!(text.contains("more than 5000 includes"), "{text}");
}

#[test]
fn worlds_that_include_each_other_are_refused() {
    let directory = files(&[
        ("ascp-policy.yaml", "ascp-policy: 1\ninclude: [b.yaml]\n"),
        ("b.yaml", "ascp-policy: 1\ninclude:\n  - ascp-policy.yaml\n"),
    ]);
    let problems = problems_of(directory.path());
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].starts_with("3: ") && problems[0].contains("includes itself"),
        "{problems:?}"
    );
}

#[test]
fn a_stated_kind_must_be_the_detected_kind() {
    let directory = files(&[
        (
            "ascp-policy.yaml",
            "ascp-policy: 1\ninclude:\n  - { path: a.json, kind: kubernetes }\n  - b.json\n  - c.yaml\n  - { path: d.tf, kind: kubernetes }\n",
        ),
        ("a.json", "{ \"RoleDetailList\": [] }"),
        ("b.json", "{ \"steps\": [{ \"urn\": \"urn:pulumi:x\" }] }"),
        ("c.yaml", "a: {{ x }}\n  - {{ y }}\n"),
        ("d.tf", ""),
    ]);
    let problems = problems_of(directory.path());
    assert!(
        problems[0].contains("a.json` is an answer of AWS, not Kubernetes manifests"),
        "{problems:?}"
    );
    assert!(
        problems[1].contains("b.json` is a Pulumi export"),
        "{problems:?}"
    );
    assert!(
        problems[2].contains("c.yaml` is a template | render it first"),
        "{problems:?}"
    );
    assert!(
        problems[3].contains("d.tf` is Terraform source, not Kubernetes manifests"),
        "{problems:?}"
    );
}

#[test]
fn only_what_matters_is_a_problem_in_a_directory() {
    let directory = files(&[
        ("tsconfig.json", "{ // comment\n}"),
        ("chart/Chart.yaml", "name: chart\n"),
        ("workflow.yaml", "a: ${{ x }\n b: [\n"),
        (
            "chart/templates/x.yaml",
            "a: {{ .Values.x }}\n b: {{ end }}\n",
        ),
        ("notes.yaml", "just: text\n"),
        (
            "preview.json",
            "{ \"steps\": [{ \"urn\": \"urn:pulumi:x\" }] }",
        ),
    ]);
    let loaded = load(directory.path()).unwrap();
    assert_eq!(loaded.files.len(), 6);
    assert!(
        loaded
            .files
            .iter()
            .all(|file| file.kind.is_none() && file.why.is_some()),
        "{:?}",
        loaded.files
    );
    let unread = loaded.files.iter().filter(|file| file.unread.is_some());
    assert_eq!(unread.count(), 2);
    assert!(!loaded.inventory.closed.all);

    let broken = files(&[("spc.yaml", "kind: SecretProviderClass\n  x: [\n")]);
    let loaded = load(broken.path()).unwrap();
    assert!(
        loaded.files[0]
            .unread
            .as_ref()
            .unwrap()
            .how
            .contains("not valid YAML"),
        "{:?}",
        loaded.files
    );
}

#[test]
fn a_policy_alone_is_checked() {
    let directory = files(&[(
        "p.json",
        "{ \"Version\": \"2012-10-17\",\n \"Statement\": { \"Effect\": \"Allow\",\n \"Acton\": \"*\", \"Resource\": \"*\" } }",
    )]);
    let problems = problems_of(directory.path());
    assert!(
        problems
            .iter()
            .any(|problem| problem.starts_with("3: `Acton` is not an element")),
        "{problems:?}"
    );
}

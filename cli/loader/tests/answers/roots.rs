//! Root modules of Terraform without a plan.

use super::case::{PODS, decide, decision, read};

pub(crate) const PROVIDER: &str = r#"
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]
}
"#;

/// A role that reads the secret, with its association.
pub(crate) fn reader(role: &str, cluster: &str, action: &str) -> String {
    format!(
        r#"
resource "aws_iam_role" "app" {{
  name               = {role}
  assume_role_policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Principal = {{ Service = "pods.eks.amazonaws.com" }}, Action = ["sts:AssumeRole", "sts:TagSession"] }}]
  }})
}}
resource "aws_iam_role_policy" "read" {{
  name   = "read"
  role   = aws_iam_role.app.id
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = ["{action}", "secretsmanager:DescribeSecret"], Resource = "*" }}]
  }})
}}
resource "aws_eks_pod_identity_association" "app" {{
  cluster_name    = {cluster}
  namespace       = "pay"
  service_account = "api"
  role_arn        = aws_iam_role.app.arn
}}
"#
    )
}

const READ: &str = "secretsmanager:GetSecretValue";
const LIST: &str = "secretsmanager:ListSecrets";
pub(crate) const SECRET: &str =
    "resource \"aws_secretsmanager_secret\" \"db\" { name = \"pay/db\" }\n";
pub(crate) const CLUSTER: &str = "resource \"aws_eks_cluster\" \"this\" { name = \"prod\" }\n";

/// The decision on the only pod of the manifests, whatever its cluster is called.
fn of_pod(files: &[(&str, &str)]) -> String {
    let mut all = vec![("k8s/app.yaml", PODS)];
    all.extend(files);
    let loaded = read(&all);
    let inventory = &loaded.inventory;
    let pods = inventory.find_pods("pay/api");
    let objects = inventory.find_objects("pay/db");
    let mounted = pods.iter().find(|pod| {
        let mut workloads = inventory.workloads.iter();
        workloads.any(|workload| workload.cluster == pod.cluster)
    });
    decide(inventory, mounted, objects.first())
}

#[test]
fn unknown_values_of_two_root_modules_are_two() {
    let module = "module \"eks\" { source = \"terraform-aws-modules/unread/aws\" }\n";
    let root = |name: &str, action: &str| {
        format!(
            "{PROVIDER}{module}{}",
            reader(name, "module.eks.cluster_name", action)
        )
    };
    for (first, second) in [(READ, LIST), (LIST, READ)] {
        let (first_root, second_root) =
            (root("\"app-a\"", first) + SECRET, root("\"app-b\"", second));
        let answer = of_pod(&[("a/main.tf", &first_root), ("b/main.tf", &second_root)]);
        assert_eq!(answer, "unknown", "{first} {second}");
    }
    let variable = "variable \"env\" {}\n";
    let first_root = format!(
        "{PROVIDER}{variable}{CLUSTER}{SECRET}{}",
        reader("\"${var.env}-app\"", "aws_eks_cluster.this.name", READ)
    );
    let second_root = format!(
        "{PROVIDER}{variable}{}",
        reader("\"${var.env}-app\"", "\"other\"", LIST)
    );
    for (first, second) in [("a/main.tf", "b/main.tf"), ("b/main.tf", "a/main.tf")] {
        assert_eq!(
            decision(&read(&[
                ("k8s/app.yaml", PODS),
                (first, &first_root),
                (second, &second_root)
            ])),
            "there is no such pod or object"
        );
        let files = [(first, first_root.as_str()), (second, second_root.as_str())];
        assert_ne!(of_pod(&files), "refuse", "{first}");
    }
}

#[test]
fn two_root_modules_that_make_one_role_leave_it_unknown() {
    let root = |action: &str| format!("{PROVIDER}{}", reader("\"app\"", "\"prod\"", action));
    let first_root = format!("{}{CLUSTER}{SECRET}", root(READ));
    for second in ["b/main.tf", "0/main.tf"] {
        let answer = of_pod(&[("a/main.tf", &first_root), (second, &root(LIST))]);
        assert_eq!(answer, "unknown", "{second}");
    }
    assert_eq!(
        of_pod(&[("a/main.tf", &first_root), ("b/main.tf", &root(READ))]),
        "allow"
    );
}

#[test]
fn a_variable_has_the_value_of_the_files_that_a_run_names() {
    let source = format!(
        "{PROVIDER}{CLUSTER}variable \"project\" {{ default = \"default\" }}\nresource \"aws_secretsmanager_secret\" \"db\" {{ name = \"pay/db\" }}\n{}",
        reader("\"app\"", "aws_eks_cluster.this.name", READ).replace("Resource = \"*\"", "Resource = \"arn:aws:secretsmanager:us-east-1:111122223333:secret:${var.project}/db-*\"")
    );
    let without_default = source.replace("{ default = \"default\" }", "{}");
    assert_ne!(source, without_default);
    let decided = |source: &str, values: &[(&str, &str)]| {
        let mut files = vec![("infra/main.tf", source)];
        files.extend(values);
        of_pod(&files)
    };
    assert_eq!(decided(&source, &[]), "refuse");
    // A run that names no file has the default.
    for values in ["project = \"pay\"\n", "project = \"default\"\n"] {
        let expected = if values.contains("pay") {
            "unknown"
        } else {
            "refuse"
        };
        assert_eq!(decided(&source, &[("infra/prod.tfvars", values)]), expected);
    }
    let (pay, web) = ("project = \"pay\"\n", "project = \"web\"\n");
    for (files, expected) in [
        (vec![("infra/terraform.tfvars", pay)], "allow"),
        (vec![("infra/environments/prod.tfvars", pay)], "allow"),
        (vec![("infra/prod.tfvars", web)], "refuse"),
        (
            vec![("infra/env/a.tfvars", pay), ("infra/env/b.tfvars", pay)],
            "allow",
        ),
        (
            vec![("infra/env/a.tfvars", pay), ("infra/env/b.tfvars", web)],
            "unknown",
        ),
        (
            vec![
                ("infra/env/a.tfvars", pay),
                ("infra/env/b.tfvars", "size = 3\n"),
            ],
            "unknown",
        ),
        (vec![("infra/env/dev/a.tfvars", pay)], "allow"),
        (vec![("other/prod.tfvars", pay)], "unknown"),
    ] {
        assert_eq!(decided(&without_default, &files), expected, "{files:?}");
    }
}

/// Files in JSON syntax are not read: what they make of this job may change the answer either way.
#[test]
fn a_file_in_json_syntax_leaves_its_root_module_open() {
    let policy = r#"{"resource": {"aws_iam_role_policy": {"more": {"role": "${aws_iam_role.app.name}", "policy": "{}"}}}}"#;
    let backend = r#"{"terraform": {"backend": {"s3": {}}}}"#;
    for (action, known) in [(READ, "allow"), (LIST, "refuse")] {
        let source = format!(
            "{PROVIDER}{CLUSTER}{SECRET}{}",
            reader("\"app\"", "aws_eks_cluster.this.name", action)
        );
        let main = ("main.tf", source.as_str());
        assert_eq!(of_pod(&[main]), known);
        assert_eq!(of_pod(&[main, ("more.tf.json", backend)]), known);
        assert_eq!(of_pod(&[main, ("more.tf.json", policy)]), "unknown");
    }
}

#[test]
fn an_unknown_condition_key_leaves_its_statement_open_and_no_other() {
    let issuer = "locals { issuer = replace(aws_eks_cluster.this.identity[0].oidc[0].issuer, \"https://\", \"\") }\n";
    let source = format!(
        "{PROVIDER}{CLUSTER}{SECRET}{issuer}{}",
        reader("\"app\"", "aws_eks_cluster.this.name", READ)
    );
    let statement = |condition: &str, effect: &str| {
        source.replace(
            "    Statement = [{ Effect = \"Allow\", Principal = { Service",
            &format!("    Statement = [{{ Effect = \"{effect}\", Principal = \"*\", Action = [\"sts:*\"], Condition = {condition} }}, {{ Effect = \"Allow\", Principal = {{ Service"),
        )
    };
    let key = "{ StringEquals = { \"${local.issuer}:sub\" = \"system:serviceaccount:pay:api\" } }";
    for (effect, expected) in [("Allow", "allow"), ("Deny", "unknown")] {
        let main = statement(key, effect);
        assert_ne!(main, source);
        assert_eq!(of_pod(&[("main.tf", &main)]), expected, "{effect}");
    }
}

#[test]
fn exclusive_arguments_of_a_role_may_take_away_its_other_policies() {
    let source = format!(
        "{PROVIDER}{CLUSTER}{SECRET}{}",
        reader("\"app\"", "aws_eks_cluster.this.name", READ)
    );
    let attached = "resource \"aws_iam_role_policy_attachment\" \"own\" {\n  role = aws_iam_role.app.name\n  policy_arn = \"arn:aws:iam::aws:policy/AWSDenyAll\"\n}\n";
    let with = |argument: &str| {
        let role = "resource \"aws_iam_role\" \"app\" {\n";
        source.replace(role, &format!("{role}  {argument}\n"))
    };
    for (argument, more, expected) in [
        ("", "", "allow"),
        ("inline_policy {}", "", "unknown"),
        ("managed_policy_arns = []", "", "allow"),
        ("managed_policy_arns = []", attached, "unknown"),
        (
            "managed_policy_arns = [\"arn:aws:iam::aws:policy/AWSDenyAll\"]",
            attached,
            "deny",
        ),
        ("", attached, "deny"),
    ] {
        let main = with(argument) + more;
        assert_eq!(of_pod(&[("main.tf", &main)]), expected, "{argument} {more}");
    }
}

#[test]
fn a_class_of_another_api_version_is_no_class() {
    let source = format!(
        "{PROVIDER}{CLUSTER}{SECRET}{}",
        reader("\"app\"", "aws_eks_cluster.this.name", READ)
    );
    for version in [
        "secrets-store.csi.k8s.io/v1",
        "v1",
        "secrets-store.csi.x-k8s.io/v2",
    ] {
        let pods = PODS.replace("secrets-store.csi.x-k8s.io/v1", version);
        let loaded = read(&[("main.tf", &source), ("k8s/app.yaml", &pods)]);
        assert!(loaded.inventory.classes.is_empty(), "{version}");
        assert!(
            loaded.files.iter().any(|file| file.unread.is_some()),
            "{version}"
        );
    }
    let loaded = read(&[
        ("main.tf", &source),
        (
            "k8s/app.yaml",
            &PODS.replace("x-k8s.io/v1", "x-k8s.io/v1alpha1"),
        ),
    ]);
    assert_eq!(loaded.inventory.classes.len(), 1);
}

/// Two policies with names that a function makes of unknown values; the role has the one that allows nothing of the secret.
#[test]
fn unknown_values_of_two_instances_are_two() {
    for name in [
        "lower(each.value)",
        "replace(each.value, \"/\", \"-\")",
        "try(each.value.x, each.value)",
    ] {
        let policies = format!(
            r#"
variable "a" {{}}
variable "b" {{}}
locals {{
  actions = {{ a = "s3:GetObject", b = "secretsmanager:GetSecretValue" }}
}}
resource "aws_iam_policy" "p" {{
  for_each = {{ a = var.a, b = var.b }}
  name     = {name}
  policy   = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = [local.actions[each.key], "secretsmanager:DescribeSecret"], Resource = "*" }}]
  }})
}}
resource "aws_iam_role_policy_attachment" "p" {{
  role       = aws_iam_role.app.name
  policy_arn = aws_iam_policy.p["a"].arn
}}
"#
        );
        let main = [
            PROVIDER,
            SECRET,
            CLUSTER,
            &policies,
            &reader("\"app\"", "aws_eks_cluster.this.name", LIST),
        ]
        .concat();
        assert_ne!(of_pod(&[("main.tf", &main)]), "allow", "{name}");
    }
}

/// The order of two root modules is not known.
#[test]
fn a_secret_that_two_root_modules_make_has_an_unknown_policy() {
    let deny = r#"
resource "aws_secretsmanager_secret_policy" "db" {
  secret_arn = aws_secretsmanager_secret.db.arn
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "*", Resource = "*" }] })
}
"#;
    let first = [
        PROVIDER,
        SECRET,
        CLUSTER,
        deny,
        &reader("\"app\"", "aws_eks_cluster.this.name", READ),
    ]
    .concat();
    let second = [PROVIDER, "resource \"aws_secretsmanager_secret\" \"db\" {\n  name = \"pay/db\"\n  policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Deny\", Principal = \"*\", Action = \"secretsmanager:DeleteSecret\", Resource = \"*\" }] })\n}\n"].concat();
    for folder in ["a", "z"] {
        let name = format!("{folder}/main.tf");
        assert_eq!(
            of_pod(&[("m/main.tf", &first), (&name, &second)]),
            "unknown",
            "{folder}"
        );
    }
}

/// A file of values that no run reads by itself.
#[test]
fn values_of_examples_are_of_other_runs_and_two_values_are_none() {
    let variable = "variable \"action\" { default = \"secretsmanager:ListSecrets\" }\n";
    let main = [
        PROVIDER,
        SECRET,
        CLUSTER,
        variable,
        &reader("\"app\"", "aws_eks_cluster.this.name", "${var.action}"),
    ]
    .concat();
    let values = "action = \"secretsmanager:GetSecretValue\"\n";
    assert_eq!(of_pod(&[("main.tf", &main)]), "refuse");
    let files = [("main.tf", main.as_str()), ("examples/x.tfvars", values)];
    assert_eq!(of_pod(&files), "refuse");
    let other = "action = \"secretsmanager:ListSecrets\"\n";
    let files = [
        ("main.tf", main.as_str()),
        ("terraform.tfvars", other),
        ("envs/x.tfvars", values),
    ];
    assert_eq!(of_pod(&files), "unknown");
}

/// The account has one secret of the name, so the ARN states the six characters that the source does not.
#[test]
fn a_policy_of_a_secret_by_its_whole_arn_counts() {
    let guard = r#"
resource "aws_secretsmanager_secret_policy" "db" {
  secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:pay/db-AbCdEf"
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "*", Resource = "*" }] })
}
"#;
    let main = [
        PROVIDER,
        SECRET,
        CLUSTER,
        guard,
        &reader("\"app\"", "aws_eks_cluster.this.name", READ),
    ]
    .concat();
    assert_eq!(of_pod(&[("main.tf", &main)]), "deny");
}

/// An ARN without the six characters can end in a word of six letters.
#[test]
fn a_policy_of_another_secret_is_none_of_a_secret_with_a_shorter_name() {
    let other = r#"
resource "aws_secretsmanager_secret_policy" "db" {
  secret_arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:pay/db-backup"
  policy     = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Deny", Principal = "*", Action = "*", Resource = "*" }] })
}
"#;
    let main = [
        PROVIDER,
        SECRET,
        CLUSTER,
        other,
        &reader("\"app\"", "aws_eks_cluster.this.name", READ),
    ]
    .concat();
    assert_eq!(of_pod(&[("main.tf", &main)]), "allow");
}

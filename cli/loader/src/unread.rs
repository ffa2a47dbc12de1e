//! Inputs of this job that are not read: what they are, and how their facts can be read.

use crate::{
    door,
    kind::Kind,
    loaded::Unread,
    loading::Loading,
    opened::{MAX_FILE, Wanted},
    path::display,
};
use policy_engine::{syntax::node::Node, text::Hole};
use std::{
    borrow::Cow,
    fs,
    path::{Path, PathBuf},
};

/// Words of files that hold facts of this job, also where they cannot be parsed.
const TELLING: [&str; 27] = [
    "\"planned_values\"",
    "\"terraform_version\"",
    "\"RoleDetailList\"",
    "\"RoleName\"",
    "\"PolicyVersion\"",
    "\"PolicyVersionList\"",
    "\"AttachedPolicies\"",
    "\"SecretList\"",
    "\"ResourcePolicy\"",
    "\"KeyMetadata\"",
    "\"AliasName\"",
    "\"GranteePrincipal\"",
    "\"clusterName\"",
    "SecretProviderClass",
    "secrets-store.csi",
    "AssumeRolePolicyDocument",
    "podidentityassociation",
    "eks.amazonaws.com/role-arn",
    "ascp-policy:",
    "\"Statement\"",
    "PolicyDocument",
    "secretsmanager:",
    "AWS::IAM::",
    "AWS::SecretsManager::",
    "AWS::SSM::Parameter",
    "AWS::EKS::",
    "eksctl.io/",
];
/// Words of Terraform source that describes facts of this job.
const TERRAFORM: [&str; 14] = [
    "aws_iam_role",
    "aws_iam_policy",
    "aws_eks_cluster",
    "aws_eks_addon",
    "aws_eks_pod_identity_association",
    "aws_secretsmanager_secret",
    "aws_ssm_parameter",
    "aws_kms_",
    "aws_organizations_policy",
    "pods.eks.amazonaws.com",
    "secretsmanager:",
    "eks-pod-identity",
    "secrets-store.csi",
    "SecretProviderClass",
];

/// Modules of the registry whose names show that they make facts of this job.
const MODULES: [&str; 5] = [
    "iam-role-for-service-accounts",
    "iam-assumable-role",
    "secrets-manager",
    "ssm-parameter",
    "terraform-aws-modules/kms",
];

/// A text with the characters that its escapes `\\uXXXX` stand for.
fn unescaped(text: &str) -> Cow<'_, str> {
    let Some((first, rest)) = text.split_once("\\u") else {
        return Cow::Borrowed(text);
    };
    let mut plain = first.to_owned();
    for part in rest.split("\\u") {
        let code = part
            .get(..4)
            .and_then(|code| u32::from_str_radix(code, 16).ok());
        let letter = code.and_then(char::from_u32).zip(part.get(4..));
        match letter {
            Some((letter, rest)) => {
                plain.push(letter);
                plain.push_str(rest);
            }
            None => plain.push_str(part),
        }
    }
    Cow::Owned(plain)
}

/// A configuration of Terragrunt or Terraform Stacks that describes facts of this job.
pub(crate) fn hcl(text: &str) -> Option<Unread> {
    let words = TERRAFORM.iter().chain(&MODULES);
    let is_ours = words.into_iter().any(|word| text.contains(word));
    is_ours.then(|| Unread {
        what: "configuration of Terragrunt or Terraform Stacks",
        how: "save the plan: terragrunt plan -out plan.tfplan && terragrunt show -json plan.tfplan > plan.json".to_owned(),
    })
}

/// Too many lines in files `.gitignore`.
pub(crate) fn ignore_file() -> Unread {
    Unread {
        what: "large .gitignore",
        how: "all files `.gitignore` have more than 1 MiB: what they list is read as well"
            .to_owned(),
    }
}

/// An object whose facts no kustomization keeps.
pub(crate) fn taken_away() -> Unread {
    Unread {
        what: "object that kustomizations take away",
        how: "no build keeps its facts of a mount: if its folder is deployed by itself, check that folder".to_owned(),
    }
}

/// What makes a file of a template.
pub(crate) const RENDER: &str = "render it first, for instance with `helm template`";

/// Whether a text holds facts of this job.
pub(crate) fn is_ours(text: &str) -> bool {
    TELLING.iter().any(|word| text.contains(word))
}

/// Terraform source, where it describes facts of this job.
pub(crate) fn terraform(text: &str) -> Option<Unread> {
    let text = unescaped(text);
    let is_ours = TERRAFORM.iter().any(|word| text.contains(word));
    is_ours.then(|| Unread {
        what: "Terraform file",
        how: "save the plan: terraform plan -out plan.tfplan && terraform show -json plan.tfplan > plan.json".to_owned(),
    })
}

/// The chart of a template: Helm evaluates each file below `templates/` beside a `Chart.yaml`.
///
/// Helm documentation, "Charts", "The Chart File Structure".
pub(crate) fn chart_of(path: &Path) -> Option<&Path> {
    let templates = path.ancestors().skip(1).find(|folder| {
        let is_templates = folder.file_name().is_some_and(|name| name == "templates");
        is_templates && folder.with_file_name("Chart.yaml").is_file()
    });
    templates.and_then(Path::parent)
}

/// The chart that contains a subchart, which renders it with its own values.
///
/// Helm documentation, "Subcharts and Global Values".
fn whole_chart(chart: &Path) -> &Path {
    let parent = chart.parent().filter(|folder| folder.ends_with("charts"));
    let parent = parent.and_then(Path::parent);
    match parent.filter(|parent| parent.join("Chart.yaml").is_file()) {
        Some(parent) => whole_chart(parent),
        None => chart,
    }
}

/// A template that another tool fills in.
pub(crate) fn template(path: &Path) -> Unread {
    match chart_of(path).map(whole_chart) {
        Some(chart) => Unread {
            what: "Helm template",
            how: format!(
                "render the chart first: helm template {} | ascp-policy check . -",
                display(chart)
            ),
        },
        None => Unread {
            what: "template",
            how: RENDER.to_owned(),
        },
    }
}

/// An object of which a part is unknown that decides access.
pub(crate) fn open_object(part: &Hole) -> Unread {
    Unread {
        what: "unknown object",
        how: format!("it depends on {}, which is unknown", &*part.name),
    }
}

/// A file whose text cannot be parsed or decoded.
pub(crate) fn broken(message: String) -> Unread {
    Unread {
        what: "broken file",
        how: message,
    }
}

/// A plan, a state or a root module of which nothing states the account or region.
pub(crate) fn unplaced(what: &'static str, message: &str, help: &str) -> Unread {
    Unread {
        what,
        how: format!("{message}; {help}"),
    }
}

/// Whether a text that cannot be parsed is a manifest, in which anything may be; of a template only the words count, unless it has escapes.
pub(crate) fn is_broken_manifest(text: &str) -> bool {
    let is_object = text.contains("apiVersion") && text.contains("kind");
    let escapes = ["\\x", "\\u", "\\U"];
    is_object && (!text.contains("{{") || escapes.iter().any(|escape| text.contains(escape)))
}

/// A plan or state that has other values or resources than the source beside it.
pub(crate) fn stale(source: &str, is_plan: bool) -> Unread {
    let (what, how) = if is_plan {
        ("outdated Terraform plan", "plan again")
    } else {
        ("outdated Terraform state", "save a plan")
    };
    Unread {
        what,
        how: format!("it does not match `{source}`; {how}"),
    }
}

/// A volume of the driver in an object of which an operator makes pods.
pub(crate) fn volume() -> Unread {
    Unread {
        what: "object with a volume of the driver",
        how: "no pod template holds it: check the pods that its operator makes: `kubectl get pods -o yaml | ascp-policy check -`".to_owned(),
    }
}

/// A CDK app whose output is not among the files.
pub(crate) fn cdk(wanted: &Wanted) -> Option<Unread> {
    let is_app = wanted
        .path
        .file_name()
        .is_some_and(|name| name == "cdk.json");
    let out = wanted.path.with_file_name("cdk.out");
    is_app.then(|| Unread {
        what: CDK,
        how: if out.is_dir() {
            format!("Git ignores its output: check {} as well", display(&out))
        } else {
            "run `cdk synth`, and check `cdk.out`".to_owned()
        },
    })
}

/// An app of CDK for Terraform whose output is not among the files.
pub(crate) fn cdktf(path: &Path) -> Option<Unread> {
    let is_app = path.file_name().is_some_and(|name| name == "cdktf.json");
    let has_output = path.with_file_name("cdktf.out").is_dir();
    (is_app && !has_output).then(|| Unread {
        what: "app of CDK for Terraform",
        how: "save the plan of each stack: `terraform show -json plan.tfplan > plan.json`"
            .to_owned(),
    })
}

/// A program of Pulumi that declares AWS resources.
pub(crate) fn pulumi(path: &Path, documents: &[Node]) -> Option<Unread> {
    let is_project = path
        .file_name()
        .is_some_and(|name| name == "Pulumi.yaml" || name == "Pulumi.yml");
    let is_declaring = |document: &Node| {
        let resources = document.get("resources").and_then(Node::as_map);
        let mut resources = resources.into_iter().flatten();
        resources.any(|(_, resource)| {
            let kind = resource.get("type").and_then(Node::as_str);
            kind.is_some_and(|kind| kind.starts_with("aws"))
        })
    };
    let uses_aws = [
        "package.json",
        "requirements.txt",
        "pyproject.toml",
        "go.mod",
    ]
    .iter()
    .filter_map(|name| start_of(&path.with_file_name(name)))
    .any(|text| {
        text.contains("pulumi/aws") || text.contains("pulumi_aws") || text.contains("pulumi-aws")
    });
    (is_project && (uses_aws || documents.iter().any(is_declaring))).then(|| Unread {
        what: "Pulumi program",
        how: "no program of Pulumi is read: check the answers of `ascp-policy collect --print-script`".to_owned(),
    })
}

/// An answer about an OIDC provider that accepts no token of a service account: no token for it can be exchanged.
///
/// EKS User Guide, "Assign IAM roles to Kubernetes service accounts": the audience of the tokens is `sts.amazonaws.com`.
pub(crate) fn oidc_provider(documents: &[Node]) -> Option<Unread> {
    let is_without = |document: &Node| {
        let clients = document.get("ClientIDList").and_then(Node::as_list);
        let mut clients = clients?.iter();
        document.get("Url")?;
        Some(!clients.any(|client| client.as_str() == Some("sts.amazonaws.com")))
    };
    let mut without = documents.iter().filter_map(is_without);
    without.any(|without| without).then(audience)
}

/// An OIDC provider that accepts no token of a service account.
pub(crate) fn audience() -> Unread {
    Unread {
        what: "OIDC provider without the audience sts.amazonaws.com",
        how: "add the audience: aws iam add-client-id-to-open-id-connect-provider".to_owned(),
    }
}

/// A release of a chart with facts of this job among its values.
pub(crate) fn release() -> Unread {
    Unread {
        what: "release of a chart",
        how: "render the chart with these values: `helm template`, and check the result".to_owned(),
    }
}

/// The messages of `terraform plan -json`.
pub(crate) fn is_plan_log(text: &str) -> bool {
    text.starts_with("{\"@level\"") && text.contains("\"@module\":\"terraform")
}

/// What to do with the messages of `terraform plan -json`.
pub(crate) fn plan_log() -> Unread {
    Unread {
        what: "log of `terraform plan -json`",
        how: "save the plan: terraform show -json plan.tfplan > plan.json".to_owned(),
    }
}

const CDK: &str = "CDK app";

/// A plan as `terraform plan -out` writes it: a ZIP archive with the file `tfplan`.
pub(crate) fn binary_plan(path: &Path) -> Option<Unread> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    if !name.contains("plan") {
        return None;
    }
    let start = door::beginning(path, 256).ok()?;
    is_binary_plan(&start).then(|| Unread {
        what: "binary Terraform plan",
        how: format!("terraform show -json {} > plan.json", display(path)),
    })
}

/// Whether bytes are the start of a plan as `terraform plan -out` writes it.
pub(crate) fn is_binary_plan(start: &[u8]) -> bool {
    let mut names = start.windows(6);
    start.starts_with(b"PK\x03\x04") && names.any(|name| name == b"tfplan")
}

/// A plan, a state or a saved answer that Git ignores; manifests that it ignores are made of others.
pub(crate) fn ignored(path: &Path) -> Option<Unread> {
    if let Some(unread) = binary_plan(path) {
        return Some(unread);
    }
    let extension = path.extension()?.to_str()?;
    if !matches!(extension, "json" | "tfstate") || !is_ours(&start_of(path)?) {
        return None;
    }
    Some(Unread {
        what: "ignored file",
        how: "Git ignores it; name it to read it".to_owned(),
    })
}

/// A file that the world beside it does not include.
pub(crate) fn beside(world: &Path) -> Unread {
    Unread {
        what: "unincluded file",
        how: format!("include it in {}", display(world)),
    }
}

/// An answer of the AWS CLI that is empty or holds the error of the call.
pub(crate) fn failed_answer(path: &Path, text: &str) -> Option<Unread> {
    let is_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    let is_failed = text.trim().is_empty() || text.contains("An error occurred (");
    (is_json && is_failed).then(|| Unread {
        what: "failed answer of the AWS CLI",
        how: "save it again".to_owned(),
    })
}

/// A submodule that is not checked out.
pub(crate) fn submodule(path: &Path) -> Option<Unread> {
    let is_empty = fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none());
    is_empty.then(|| Unread {
        what: "submodule that is not checked out",
        how: "git submodule update --init".to_owned(),
    })
}

/// A tracked file that a sparse checkout leaves out.
pub(crate) fn sparse() -> Unread {
    Unread {
        what: "file outside the sparse checkout",
        how: "git sparse-checkout disable".to_owned(),
    }
}

/// An index of Git that cannot be read: which files Git tracks, although it ignores them, is unknown.
pub(crate) fn index(how: &str) -> Unread {
    Unread {
        what: "index of Git",
        how: how.to_owned(),
    }
}

/// A device, a pipe or a socket with the name of an input.
pub(crate) fn irregular() -> Unread {
    Unread {
        what: "device or pipe",
        how: "only regular files are read".to_owned(),
    }
}

/// The place of a file in the store of Git LFS; the second address is that of its first releases.
///
/// git-lfs/git-lfs, `docs/spec.md`, "The Pointer", and `lfs/pointer.go`.
pub(crate) fn is_pointer(text: &str) -> bool {
    let versions = [
        "version https://git-lfs.github.com/spec/",
        "version https://hawser.github.com/spec/",
        "version http://git-media.io/v/",
    ];
    versions.iter().any(|version| text.starts_with(version))
}

/// A file whose content is in the store of Git LFS.
pub(crate) fn pointer() -> Unread {
    Unread {
        what: "pointer of Git LFS",
        how: "git lfs pull".to_owned(),
    }
}

/// A second world, which is read if it is named.
pub(crate) fn world() -> Unread {
    Unread {
        what: "second world",
        how: "name it with `--world`, or include it".to_owned(),
    }
}

/// A document of another kind than the first documents of its file.
pub(crate) fn mixed(first: Kind) -> Unread {
    Unread {
        what: "document of another kind",
        how: format!("move it to a file of its own: the file is read as {first}"),
    }
}

/// A link that leads out of the repository.
pub(crate) fn outside() -> Unread {
    Unread {
        what: "outward link",
        how: "copy the file into the repository".to_owned(),
    }
}

/// A kustomization that is not built, or not as a whole.
pub(crate) fn kustomization(folder: &Path, why: &str) -> Unread {
    Unread {
        what: "kustomization",
        how: format!(
            "{why}; to read all of it: kustomize build {} | ascp-policy check -",
            display(folder)
        ),
    }
}

/// Options with which a controller changes the objects of a directory.
pub(crate) fn options() -> Unread {
    Unread {
        what: "set of options of Flux or Argo CD",
        how: "they change objects of the repository: check what the cluster has: `kubectl get pods,serviceaccounts,secretproviderclasses -A -o yaml | ascp-policy check . -`".to_owned(),
    }
}

/// A component that no kustomization uses.
pub(crate) fn component() -> Unread {
    Unread {
        what: "kustomize component",
        how: "no kustomization that is read uses it".to_owned(),
    }
}

/// A part of an object, which a patch puts into a whole one.
pub(crate) fn patch() -> Unread {
    Unread {
        what: "partial object",
        how: "its containers have no image: build it with kustomize, and check the result"
            .to_owned(),
    }
}

/// The text of a file, as far as it is decoded.
pub(crate) fn start_of(path: &Path) -> Option<String> {
    let bytes = door::beginning(path, MAX_FILE).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Forgets CDK apps whose output was read.
pub(crate) fn settle(loading: &mut Loading) {
    let read = loading.files.iter().filter(|file| file.kind.is_some());
    let read: Vec<PathBuf> = read.map(|file| PathBuf::from(&file.name)).collect();
    for file in &mut loading.files {
        if file.unread.as_ref().is_none_or(|unread| unread.what != CDK) {
            continue;
        }
        let folder = Path::new(&file.name).parent().unwrap_or(Path::new(""));
        let out = folder.join("cdk.out");
        if read.iter().any(|path| path.starts_with(&out)) {
            file.unread = None;
            file.why = Some("its output is read".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terraform_counts_where_it_describes_this_job() {
        assert!(terraform("resource \"aws_iam_role\" \"pod\" {}").is_some());
        assert!(terraform("resource \"aws_s3_bucket\" \"logs\" {}").is_none());
        assert!(terraform(r#"{"resource": {"aws_\u0069am_rol\u0065": {}}}"#).is_some());
        assert!(
            terraform(r#"{"resource": {"aws_s3\u005fbucket\u": {"\u12": "\ud83d"}}}"#).is_none()
        );
    }

    #[test]
    fn a_binary_plan_is_known_by_its_first_bytes() {
        let header =
            b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x06\0\x09\0tfplan";
        assert!(is_binary_plan(header));
        assert!(!is_binary_plan(b"PK\x03\x04word/document.xml"));
        assert!(!is_binary_plan(b"{\"tfplan\": 1}"));
    }
}

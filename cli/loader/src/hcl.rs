//! Terraform source as it was parsed, and the files of it that wait.

use crate::{loaded::Unread, setting::Setting};
use hcl_edit::{
    Span as _,
    structure::{Block, Body},
};
use policy_engine::source::{Origin, SourceId, Span};
use std::{collections::HashMap, ops::Range, path::PathBuf, sync::Arc};

/// A file of Terraform source that was parsed.
pub(crate) struct File {
    pub(crate) body: Body,
    pub(crate) source: SourceFile,
}

/// What is needed of a file to make places.
pub(crate) struct SourceFile {
    pub(crate) id: SourceId,
    pub(crate) text: String,
}

impl SourceFile {
    pub(crate) fn origin(&self, span: Option<Range<usize>>) -> Origin {
        let span = span.unwrap_or(0..0);
        Origin {
            source: self.id,
            span: Span::new(span.start, span.end),
        }
    }

    pub(crate) fn raw(&self, span: Option<Range<usize>>) -> &str {
        span.and_then(|span| self.text.get(span)).unwrap_or("")
    }

    /// The first line of a block: its type and labels.
    pub(crate) fn head(&self, block: &Block) -> Origin {
        let start = block.ident.span().map_or(0, |span| span.start);
        let end = block
            .labels
            .last()
            .and_then(hcl_edit::structure::BlockLabel::span)
            .or_else(|| block.ident.span())
            .map_or(start, |span| span.end);
        self.origin(Some(start..end))
    }
}

/// Terraform source of a run.
#[derive(Default)]
pub(crate) struct Files {
    parsed: HashMap<String, Arc<File>>,
    pub(crate) pending: Vec<Pending>,
}

/// A file that waits until all plans are read.
pub(crate) struct Pending {
    pub(crate) path: PathBuf,
    pub(crate) name: String,
    pub(crate) setting: Setting,
    /// The note if no reader reads it.
    pub(crate) unread: Option<Unread>,
}

impl Files {
    pub(crate) fn get(&self, name: &str) -> Option<Arc<File>> {
        self.parsed.get(name).cloned()
    }

    /// How many files wait.
    pub(crate) fn waiting(&self) -> usize {
        self.pending.len()
    }

    pub(crate) fn insert(&mut self, name: String, file: Arc<File>) {
        self.parsed.insert(name, file);
    }
}

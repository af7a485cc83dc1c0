// Re-exported because a replay takes and gives its types (`RecordedJournal`, `JournalDifference`).
@_exported public import RestateJournals

// Re-exported, so that a program that serves its services imports one module.
@_exported public import RestateServices

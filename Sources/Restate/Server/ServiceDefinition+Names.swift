import RestateProtocol

/// Checks that a server accepts the name of a service.
func checkName<S: RestateService>(of service: S.Type) throws(EndpointError) {
    // Only the default name of a generic type ends in ">". All its specialisations would share the
    // server's record.
    if S.name.utf8.last == UInt8(ascii: ">"), S.name == String(describing: S.self) {
        let type = S.name.prefix { $0 != "<" }
        throw EndpointError(
            .invalidName,
            "\(S.name) is generic, and so its type's name cannot be the service's. Give it one: "
                + "'static var name: String { \"\(type)\" }'.")
    }
    guard RegisteredName.canBeService(S.name), !isReserved(S.name) else {
        throw EndpointError(
            .invalidName,
            "'\(S.name)' cannot be a service's name: letters, digits, '.', '_' and '-', "
                + "beginning with a letter, and not with 'restate' or 'openapi'.")
    }
}

/// Checks that an entry has a valid name and the method that its author gave it.
func checkEntry(
    _ entry: any AnyHandler, named name: String, of service: String
) throws(EndpointError) {
    guard RegisteredName.canBeHandler(name) else {
        throw EndpointError(.invalidName, "'\(service).\(name)' cannot be a handler's name.")
    }
    guard !(entry is any AnyRemoteHandler) else {
        throw EndpointError(
            .handlers,
            "'\(service).\(name)' is listed with 'remote(…)' at \(entry.place): another program serves "
                + "it. List a method of this one with 'handler(…)', or do not serve '\(service)' here."
        )
    }
    guard !entry.place.isConfused else {
        throw EndpointError(
            .handlers,
            "'\(service).\(name)' would run the method of another handler: the compiler confuses "
                + "closures of 'let one = …, two = …'. Write one 'let' per handler, at "
                + "\(entry.place).")
    }
}

/// Checks that a workflow has exactly one handler that runs once per key, named `run`: servers know
/// it by that name.
func checkRun(
    _ entries: [(name: String, entry: any AnyHandler)], of workflow: String
) throws(EndpointError) {
    let runs = entries.filter { $0.entry.kind == .workflow }.map(\.name)
    let listed = "list it as 'let run = workflow(…)'."
    guard let first = runs.first else {
        throw EndpointError(.handlers, "The workflow '\(workflow)' has no 'run': \(listed)")
    }
    guard runs.count == 1 else {
        throw EndpointError(
            .handlers,
            "The workflow '\(workflow)' has \(runs.count) handlers made by 'workflow(…)': "
                + "\(runs.joined(separator: ", ")). One runs once per key, 'run'; make the others "
                + "with 'shared(…)'.")
    }
    guard first == "run" else {
        throw EndpointError(
            .handlers,
            "The workflow '\(workflow)' calls its run '\(first)', but it must be 'run': \(listed)")
    }
}

private func isReserved(_ name: String) -> Bool {
    name.lowercased().hasPrefix("restate") || name.lowercased().hasPrefix("openapi")
}

import RestateMachine
import RestateProtocol

/// Another service, object or workflow, with its handlers as members.
///
/// ```swift
/// let seat = ctx.object(Ticket.self, "seat-1")
/// try await seat.reserve("alice")                        // calls and waits
/// let future = seat.reserve.start("alice")               // calls
/// seat.expire.send(hold, after: .seconds(900))           // one-way, later
/// ```
@dynamicMemberLookup
public struct Client<S: RestateService> {
    let invocation: AttemptDriver
    let key: String

    public subscript<Input, Output>(
        dynamicMember path: KeyPath<S.API, Handler<S, Input, Output>>
    ) -> Call<Input, Output> {
        let table = TableCache.table(of: S.self)
        let entry = table.api[keyPath: path]
        return call(of: entry, in: table, entry.input, entry.output)
    }

    /// A handler that another program serves.
    public subscript<Input, Output>(
        dynamicMember path: KeyPath<S.API, RemoteHandler<Input, Output>>
    ) -> Call<Input, Output> {
        let table = TableCache.table(of: S.self)
        let entry = table.api[keyPath: path]
        return call(of: entry, in: table, entry.input, entry.output)
    }

    private func call<Input, Output>(
        of entry: any AnyHandler, in table: NamedTable<S.API>, _ input: PayloadCodec<Input>,
        _ output: PayloadCodec<Output>
    ) -> Call<Input, Output> {
        guard let name = table.name(of: entry) else {
            // The program is wrong, but this is the first that anybody sees of it: it ends the
            // attempt that calls, and no other of the process.
            let error = NotInTable(table: "\(S.API.self)")
            return Call(
                invocation: invocation,
                request: CallRequest(service: table.service, handler: "", key: key),
                input: .failing(error), output: .failing(error))
        }
        return Call(
            invocation: invocation,
            request: CallRequest(service: table.service, handler: name, key: key),
            input: input, output: output)
    }
}

extension Client {
    // Nothing can be done with its value, so that the compiler prefers what is listed wherever an
    // argument is wrong, and else names the type below in its message.
    @available(
        *, unavailable, message: "no handler of this name is listed in the service's API table"
    )
    public subscript(dynamicMember name: String) -> NoHandlerOfThisNameInTheAPITable {
        NoHandlerOfThisNameInTheAPITable()
    }
}

/// What the compiler speaks of where a client is asked for a handler that no table lists.
public struct NoHandlerOfThisNameInTheAPITable {
    package init() {}
}

extension Context {
    /// A ``Service``, to call its handlers.
    public func service<S: Service>(_ type: S.Type) -> Client<S> {
        Client(invocation: invocation, key: "")
    }

    /// The object of that key, to call its handlers.
    ///
    /// An exclusive handler that calls one of its own key and waits for it waits for ever.
    public func object<S: VirtualObject>(_ type: S.Type, _ key: String) -> Client<S> {
        Client(invocation: invocation, key: key)
    }

    /// The workflow of that key, to start or talk to it.
    public func workflow<S: Workflow>(_ type: S.Type, _ key: String) -> Client<S> {
        Client(invocation: invocation, key: key)
    }

    /// Any handler by its names, of services that are known only at run time. Bytes in, bytes out:
    /// the payloads are sent and given as they are.
    ///
    /// ```swift
    /// let call = ctx.call(service: "Ticket", key: "seat-1", handler: "reserve")
    /// let answer = try await call.idempotencyKey("k")(Array(#""alice""#.utf8))
    /// ```
    /// It has all that a typed call has: `start`, `send` with a delay, headers, scopes. Nothing is
    /// checked beforehand: a call of a handler that does not exist is retried until it does.
    ///
    /// - Parameter key: of an object or workflow; nil for a plain service.
    public func call(
        service: String, key: String? = nil, handler: String
    ) -> Call<[UInt8], [UInt8]> {
        Call(
            invocation: invocation,
            request: CallRequest(service: service, handler: handler, key: key ?? ""),
            input: .raw(contentType: "*/*"), output: .raw(contentType: "*/*"))
    }
}

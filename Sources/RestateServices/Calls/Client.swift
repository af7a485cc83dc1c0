import RestateMachine
import RestateProtocol

/// Calls the handlers of another service, object or workflow, which are its members.
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

    /// Returns the call of a handler that another program serves.
    public subscript<Input, Output>(
        dynamicMember path: KeyPath<S.API, RemoteHandler<Input, Output>>
    ) -> Call<Input, Output> {
        let table = TableCache.table(of: S.self)
        let entry = table.api[keyPath: path]
        return call(of: entry, in: table, entry.input, entry.output)
    }

    // Inlined, because what it takes is made for it alone.
    @inline(__always)
    private func call<Input, Output>(
        of entry: any AnyHandler, in table: NamedTable<S.API>, _ input: PayloadCodec<Input>,
        _ output: PayloadCodec<Output>
    ) -> Call<Input, Output> {
        guard let name = table.name(of: entry) else {
            // The program is wrong, but this call is the first place where it shows. A trap would
            // end all attempts of the process; so the error ends only this attempt.
            let error = NotInTable(table: "\(S.API.self)")
            return Call(
                invocation: invocation,
                request: CallRequest(service: table.service, handler: "", key: key),
                input: .failing(error), output: .failing(error))
        }
        let request = CallRequest(service: table.service, handler: name, key: key)
        guard let coding = table.coding(invocation.coding?.endpoint) else {
            return Call(invocation: invocation, request: request, input: input, output: output)
        }
        return Call(
            invocation: invocation, request: request,
            input: input.coded(coding.format, coding.codec),
            output: output.coded(coding.format, coding.codec))
    }
}

extension Client {
    // The overload returns an unusable type, so that the compiler prefers the listed handlers even
    // if an argument is wrong. Otherwise it names this type in its message.
    @available(
        *, unavailable, message: "no handler of this name is listed in the service's API table"
    )
    public subscript(dynamicMember name: String) -> NoHandlerOfThisNameInTheAPITable {
        NoHandlerOfThisNameInTheAPITable()
    }
}

/// The type that the compiler names where a client is asked for a handler that no table lists.
public struct NoHandlerOfThisNameInTheAPITable {
    package init() {}
}

extension Context {
    /// Returns a client for a ``Service``.
    public func service<S: Service>(_ type: S.Type) -> Client<S> {
        Client(invocation: invocation, key: "")
    }

    /// Returns a client for the object with this key.
    ///
    /// An exclusive handler that awaits a call to its own key deadlocks, because the callee waits
    /// for the key.
    public func object<S: VirtualObject>(_ type: S.Type, _ key: String) -> Client<S> {
        Client(invocation: invocation, key: key)
    }

    /// Returns a client for the workflow with this key, to start it or to talk to it.
    public func workflow<S: Workflow>(_ type: S.Type, _ key: String) -> Client<S> {
        Client(invocation: invocation, key: key)
    }

    /// Returns the call of a handler whose names are known only at run time. Input and output are
    /// bytes, which are sent and returned unchanged, but for the endpoint's journal codec.
    ///
    /// ```swift
    /// let call = ctx.call(service: "Ticket", key: "seat-1", handler: "reserve")
    /// let answer = try await call.idempotencyKey("k")(Array(#""alice""#.utf8))
    /// ```
    /// It has everything that a typed call has: `start`, `send` with a delay, headers, scopes.
    /// Nothing is checked in advance: the server retries a call of a handler that does not exist
    /// until it does.
    ///
    /// - Parameters:
    ///   - service: the name on the wire.
    ///   - key: of an object or workflow; nil for a plain service.
    ///   - handler: the name on the wire.
    public func call(
        service: String, key: String? = nil, handler: String
    ) -> Call<[UInt8], [UInt8]> {
        let codec = invocation.coding?.endpoint?.codec?.codec
        return Call(
            invocation: invocation,
            request: CallRequest(service: service, handler: handler, key: key ?? ""),
            input: .raw(contentType: "*/*").coded(nil, codec),
            output: .raw(contentType: "*/*").coded(nil, codec))
    }
}

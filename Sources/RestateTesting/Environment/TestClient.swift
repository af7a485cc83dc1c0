public import Restate

/// A test client has the handlers of a service, object or workflow as its members.
@dynamicMemberLookup
public struct TestClient<S: RestateService>: Sendable {
    let environment: TestEnvironment
    let key: String?

    public subscript<Input, Output>(
        dynamicMember path: KeyPath<S.API, Handler<S, Input, Output>>
    ) -> TestCall<Input, Output> {
        TestCall(
            environment: environment, key: key, handler: HandlerReference(path, environment.coding))
    }

    /// Returns the call of a handler that another program serves.
    public subscript<Input, Output>(
        dynamicMember path: KeyPath<S.API, RemoteHandler<Input, Output>>
    ) -> TestCall<Input, Output> {
        TestCall(
            environment: environment, key: key,
            handler: HandlerReference(of: S.self, path, environment.coding))
    }
}

extension TestClient {
    @available(
        *, unavailable, message: "no handler of this name is listed in the service's API table"
    )
    public subscript(dynamicMember name: String) -> NoHandlerOfThisNameInTheAPITable {
        NoHandlerOfThisNameInTheAPITable()
    }
}

public import Restate

/// A service, object or workflow, with its handlers as members.
@dynamicMemberLookup
public struct TestClient<S: RestateService>: Sendable {
    let environment: TestEnvironment
    let key: String?

    public subscript<Input, Output>(
        dynamicMember path: KeyPath<S.API, Handler<S, Input, Output>>
    ) -> TestCall<Input, Output> {
        TestCall(environment: environment, key: key, handler: HandlerReference(path))
    }

    /// A handler that another program serves.
    public subscript<Input, Output>(
        dynamicMember path: KeyPath<S.API, RemoteHandler<Input, Output>>
    ) -> TestCall<Input, Output> {
        TestCall(environment: environment, key: key, handler: HandlerReference(of: S.self, path))
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

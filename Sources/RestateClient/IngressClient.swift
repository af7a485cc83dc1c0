public import RestateServices

/// An ingress client has the handlers of a service, object or workflow as its members.
@dynamicMemberLookup
public struct IngressClient<S: RestateService>: Sendable {
    let ingress: HTTPCaller
    let key: String?

    public subscript<Input, Output>(
        dynamicMember path: KeyPath<S.API, Handler<S, Input, Output>>
    ) -> IngressCall<Input, Output> {
        IngressCall(
            ingress: ingress, key: key, handler: HandlerReference(path, ingress.coding))
    }

    /// Returns the call of a handler that another program serves.
    public subscript<Input, Output>(
        dynamicMember path: KeyPath<S.API, RemoteHandler<Input, Output>>
    ) -> IngressCall<Input, Output> {
        IngressCall(
            ingress: ingress, key: key,
            handler: HandlerReference(of: S.self, path, ingress.coding))
    }
}

extension IngressClient {
    @available(
        *, unavailable, message: "no handler of this name is listed in the service's API table"
    )
    public subscript(dynamicMember name: String) -> NoHandlerOfThisNameInTheAPITable {
        NoHandlerOfThisNameInTheAPITable()
    }
}

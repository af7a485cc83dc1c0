// What the adapter needs of swift-service-context 1.x, with the same names and types.

public struct ServiceContext: Sendable {
    public static var topLevel: ServiceContext { ServiceContext() }
}

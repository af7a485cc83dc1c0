public import RestateServices

/// What callers know of the service `Greeter`.
public struct Greetings: Service {
    public static let name = "Greeter"

    public struct API: HandlerTable {
        public let greet = remote("greet", String.self, returning: String.self)
        public init() {}
    }
}

/// Programs that keep a context or a service where others come.
let wrongPlaces: [Program] = [
    Program(
        "a context in a global variable",
        says: "var 'd1' is not concurrency-safe",
        """
        import Restate
        var d1: Context?  // wrong
        """),
    Program(
        "a context kept in a Sendable object",
        says: "of 'Sendable'-conforming struct 'D2' has non-Sendable type 'Context'",
        """
        import Restate
        struct D2: Sendable {
            let ctx: Context  // wrong
        }
        """),
    Program(
        "a service that holds a mutable object",
        says: "of 'Sendable'-conforming struct 'D3' has non-Sendable type 'Counter'",
        """
        import Restate
        struct D3: Service {
            let counter = Counter()  // wrong
            func count(_ ctx: Context) async throws {}
            struct API: HandlerTable {
                let count = handler(D3.count)
            }
        }
        """),
    Program(
        "a context where something Sendable is wanted",
        says: "conformance of 'Context' to 'Sendable'",
        """
        import Restate
        func d4Needs<T: Sendable>(_ value: T) {}
        func d4(_ ctx: Context) {
            d4Needs(ctx)  // wrong
        }
        """),
]

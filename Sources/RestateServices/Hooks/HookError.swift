/// The error of an attempt whose hook called `next` twice, or neither called it nor threw.
struct HookError: Error, CustomStringConvertible {
    let description: String

    init(_ hooks: any InvocationHooks, _ method: String, _ problem: String) {
        description =
            "The hook \(type(of: hooks)).\(method) \(problem). It must call 'next' exactly once, or "
            + "throw without calling it."
    }
}

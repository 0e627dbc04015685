/** What is left when the whole page breaks: nothing typed is lost, the drafts are in the browser. */
export function Crash({ onRetry }: { onRetry: () => void }) {
  return (
    <main className="entrance">
      <div className="card">
        <h1>Something in this page broke</h1>
        <p role="alert">What you wrote is kept. Load the page again, or try to go on.</p>
        <div className="actions">
          <button type="button" className="button" onClick={onRetry}>
            Try to go on
          </button>
          <button type="button" className="button primary" onClick={() => location.reload()}>
            Load again
          </button>
        </div>
      </div>
    </main>
  );
}

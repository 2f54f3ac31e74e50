process.argv[2]="job-end",await import("./index.js");export{};
